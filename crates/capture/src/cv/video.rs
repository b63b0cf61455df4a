use std::path::{Path, PathBuf};

use opencv::videoio::{CAP_ANY, CAP_PROP_FPS, CAP_PROP_POS_MSEC, VideoCapture};

use super::reader::{Reader, failed, silence};
use crate::{CaptureError, CaptureOptions, Picture, Repeat, Source, SourceInfo};

/// A video file that OpenCV can read. Frames are BGRA.
///
/// # Face data
/// OpenCV is told to write each frame straight into veiled memory. What its decoder (FFmpeg, as a rule) keeps is out of
/// reach: the frames that later ones refer to, and one converted frame, on the open heap and not zeroed when freed.
///
/// Only files are opened: a name that is none, an address of the network for instance, is refused here, and FFmpeg lets
/// a playlist in a file lead to files alone. Opening one silences OpenCV's log, of the whole process, since it quotes
/// names of files.
pub struct VideoFile {
    path: PathBuf,
    reader: Reader,
    options: CaptureOptions,
    repeat: Repeat,
    frame_ns: Option<u64>,
    /// When the present round began, and the time of the last frame.
    round_ns: u64,
    last_ns: Option<u64>,
    /// Whether there was a frame in the present round, and whether there is no further one.
    shown: bool,
    ended: bool,
}

impl VideoFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// [`CaptureError::Format`] if there is no such file, [`CaptureError::OpenCv`] if OpenCV cannot read it,
    /// [`CaptureError::Frame`], [`CaptureError::Memory`].
    pub fn open(
        path: impl AsRef<Path>,
        repeat: Repeat,
        options: &CaptureOptions,
    ) -> Result<Self, CaptureError> {
        silence();
        // Whole, so that nothing in it reads like the name of a protocol.
        let path = path.as_ref().canonicalize().ok().filter(|path| path.is_file());
        let path = path.ok_or(CaptureError::Format {
            expected: "a video file",
            found: "no file of that name",
        })?;
        let reader = open(&path, options)?;
        let frame_ns = reader
            .property(CAP_PROP_FPS)
            .map(|fps| (1e9 / fps).round() as u64);
        Ok(Self {
            path,
            reader,
            options: *options,
            repeat,
            frame_ns,
            round_ns: 0,
            last_ns: None,
            shown: false,
            ended: false,
        })
    }

    /// How often OpenCV did not write where it was told to, and the frame had to be fetched.
    #[cfg(test)]
    pub(crate) fn strays(&self) -> u64 {
        self.reader.strays()
    }

    /// From a frame to the next, where the file does not say otherwise.
    fn step_ns(&self) -> u64 {
        self.frame_ns.unwrap_or(40_000_000)
    }
}

fn open(path: &Path, options: &CaptureOptions) -> Result<Reader, CaptureError> {
    let capture = VideoCapture::from_file(path, CAP_ANY).map_err(failed("VideoCapture::open"))?;
    Reader::new(capture, *options)?.ok_or(CaptureError::OpenCv {
        call: "VideoCapture::open",
        code: 0,
    })
}

impl Source for VideoFile {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        if self.ended {
            return Ok(None);
        }
        let mut read = self.reader.read()?;
        if !read && self.shown && self.repeat == Repeat::Forever {
            self.round_ns = self
                .last_ns
                .map_or(0, |last_ns| last_ns.saturating_add(self.step_ns()));
            self.reader = open(&self.path, &self.options)?;
            self.shown = false;
            read = self.reader.read()?;
        }
        if !read {
            self.ended = true;
            return Ok(None);
        }
        // The file's time, as long as it goes forward; some backends tell none.
        let told_ns = self
            .reader
            .property(CAP_PROP_POS_MSEC)
            .map_or(0, |ms| (ms * 1e6).round() as u64);
        let told_ns = told_ns.saturating_add(self.round_ns);
        let timestamp_ns = match self.last_ns {
            Some(last_ns) if told_ns <= last_ns => last_ns.saturating_add(self.step_ns()),
            _ => told_ns,
        };
        self.last_ns = Some(timestamp_ns);
        self.shown = true;
        Ok(Some(self.reader.picture(timestamp_ns)?))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        self.reader = open(&self.path, &self.options)?;
        (self.round_ns, self.last_ns) = (0, None);
        (self.shown, self.ended) = (false, false);
        Ok(())
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.reader.layout().width,
            height: self.reader.layout().height,
            frame_ns: self.frame_ns,
            live: false,
            keeps_copies: Some("OpenCV"),
        }
    }
}
