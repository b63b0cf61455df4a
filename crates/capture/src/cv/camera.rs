use std::path::Path;
use std::time::Instant;

use opencv::videoio::{
    CAP_ANY, CAP_PROP_BUFFERSIZE, CAP_PROP_FPS, CAP_PROP_FRAME_HEIGHT, CAP_PROP_FRAME_WIDTH,
    CAP_PROP_POS_MSEC, CAP_V4L2, VideoCapture, VideoCaptureTrait,
};

use super::reader::{Reader, failed, silence};
use crate::{CaptureError, CaptureOptions, Picture, Source, SourceInfo};

/// What is wanted of a camera. The camera may give another size and another rate: [`Source::info`] says which.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraOptions {
    /// The width wanted, in pixels; 640 unless said otherwise.
    pub width: u32,
    /// The height wanted, in pixels; 480 unless said otherwise.
    pub height: u32,
    /// Frames a second wanted; 30 unless said otherwise.
    pub frames_per_s: f64,
    /// In which memory the frames lie.
    pub capture: CaptureOptions,
}

impl Default for CameraOptions {
    fn default() -> Self {
        Self {
            width: 640,
            height: 480,
            frames_per_s: 30.0,
            capture: CaptureOptions::default(),
        }
    }
}

/// A camera that OpenCV opens, on any system that it knows. Frames are BGRA.
///
/// # Face data
/// OpenCV is told to read each frame straight into veiled memory. What lies before that is out of reach: its V4L2 backend
/// keeps the driver's mapped buffers and one converted frame on the open heap, other backends likewise, and none of them
/// zeroes what it frees. So the last frames of a camera stay readable in this process, in its core dumps and its swap,
/// until the memory is used for something else. [`V4l2Camera`](crate::V4l2Camera) has no such copies: on Linux, use that.
///
/// Opening one silences OpenCV's log, of the whole process, since it quotes names of files and devices.
pub struct Camera {
    reader: Reader,
    frame_ns: Option<u64>,
    opened: Instant,
    last_ns: u64,
}

impl Camera {
    /// Opens camera `index`, counted from 0 as the system does.
    ///
    /// # Errors
    /// [`CaptureError::OpenCv`], [`CaptureError::Frame`], [`CaptureError::Memory`].
    pub fn open(index: u32, options: &CameraOptions) -> Result<Self, CaptureError> {
        silence();
        let index = i32::try_from(index).unwrap_or(i32::MAX);
        Self::of(VideoCapture::new(index, CAP_ANY), options)
    }

    /// Opens the camera at `path`, such as `/dev/video0`: Linux only.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_path(path: impl AsRef<Path>, options: &CameraOptions) -> Result<Self, CaptureError> {
        silence();
        Self::of(VideoCapture::from_file(path.as_ref(), CAP_V4L2), options)
    }

    fn of(opened: opencv::Result<VideoCapture>, options: &CameraOptions) -> Result<Self, CaptureError> {
        let mut capture = opened.map_err(failed("VideoCapture::open"))?;
        for (property, value) in [
            (CAP_PROP_FRAME_WIDTH, f64::from(options.width)),
            (CAP_PROP_FRAME_HEIGHT, f64::from(options.height)),
            (CAP_PROP_FPS, options.frames_per_s),
            // The newest frame, not one of four that wait; a backend that cannot says so, which is no harm.
            (CAP_PROP_BUFFERSIZE, 1.0),
        ] {
            let _ = capture.set(property, value);
        }
        let reader = Reader::new(capture, options.capture)?.ok_or(CaptureError::OpenCv {
            call: "VideoCapture::open",
            code: 0,
        })?;
        let frame_ns = reader.property(CAP_PROP_FPS).map(|fps| (1e9 / fps) as u64);
        Ok(Self {
            reader,
            frame_ns,
            opened: Instant::now(),
            last_ns: 0,
        })
    }
}

impl Source for Camera {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        if !self.reader.read()? {
            return Err(CaptureError::OpenCv {
                call: "VideoCapture::read",
                code: 0,
            });
        }
        // The driver's clock where the backend tells it, else how long this has been open. Never back.
        let told_ns = self
            .reader
            .property(CAP_PROP_POS_MSEC)
            .map(|ms| (ms * 1e6) as u64);
        let open_ns = u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.last_ns = told_ns.unwrap_or(open_ns).max(self.last_ns);
        Ok(Some(self.reader.picture(self.last_ns)?))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        Err(CaptureError::Live)
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.reader.layout().width,
            height: self.reader.layout().height,
            frame_ns: self.frame_ns,
            live: true,
            keeps_copies: Some("OpenCV"),
        }
    }
}
