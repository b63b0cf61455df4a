//! Clips, decoded frame by frame.
//!
//! Three kinds: a folder of stills at a rate; an animation (GIF, WebP, APNG), decoded here; anything else, which ffmpeg
//! decodes, since a tool for developers need not carry a video decoder. ffmpeg hands over each frame as a PPM, which
//! tells its own size; ffprobe tells the times.
//!
//! Frames are as the file stores them, turned by no metadata, as stills are: a phone's film that says "turn me" is lying
//! on its side. An app hands over the sensor's pixels and the turn beside them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::vec;

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;

use crate::error::EvalError;
use crate::picture::{Picture, ends_with, stills};

/// What an animation's name ends with.
const ANIMATIONS: [&str; 4] = ["apng", "gif", "png", "webp"];

/// Delays up to this are shown for [`INSTEAD_NS`], as browsers and `moretta-capture` show them.
const HASTY_NS: u64 = 10_000_000;
const INSTEAD_NS: u64 = 100_000_000;

/// A frame of a clip, and when it is shown, from the clip's start.
pub(crate) struct ClipFrame {
    pub(crate) picture: Picture,
    pub(crate) at_ns: u64,
}

/// A clip's frames, in order.
pub(crate) struct Clip {
    frames: Box<dyn Iterator<Item = Result<ClipFrame, EvalError>>>,
    /// How many there are, if that is known.
    pub(crate) count: Option<u64>,
}

impl Clip {
    /// The clip in the file at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, EvalError> {
        if ends_with(path, &ANIMATIONS) {
            animation(path)
        } else {
            film(path)
        }
    }

    /// The stills of `folder`, by their names, `fps` a second.
    pub(crate) fn of_stills(folder: &Path, fps: f64) -> Result<Self, EvalError> {
        let stills = stills(folder)?;
        let count = Some(stills.len() as u64);
        let frames = stills.into_iter().enumerate().map(move |(index, (path, _))| {
            Ok(ClipFrame {
                picture: Picture::read(&path)?,
                at_ns: (index as f64 * 1e9 / fps).round() as u64,
            })
        });
        Ok(Self {
            frames: Box::new(frames),
            count,
        })
    }
}

impl Iterator for Clip {
    type Item = Result<ClipFrame, EvalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.frames.next()
    }
}

fn animation(path: &Path) -> Result<Clip, EvalError> {
    let owned = path.to_owned();
    let undecoded = move |source| EvalError::Decode {
        path: owned.clone(),
        source,
    };
    let file = File::open(path).map_err(|source| EvalError::Read {
        path: path.to_owned(),
        source,
    })?;
    let file = BufReader::new(file);
    let frames = if ends_with(path, &["gif"]) {
        GifDecoder::new(file).map_err(&undecoded)?.into_frames()
    } else if ends_with(path, &["webp"]) {
        WebPDecoder::new(file).map_err(&undecoded)?.into_frames()
    } else {
        let decoder = PngDecoder::new(file).map_err(&undecoded)?;
        decoder.apng().map_err(&undecoded)?.into_frames()
    };
    let mut at_ns = 0;
    let frames = frames.map(move |frame| {
        let frame = frame.map_err(&undecoded)?;
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let shown_at_ns = at_ns;
        let delay_ns = u64::from(numerator) * 1_000_000 / u64::from(denominator.max(1));
        at_ns += if delay_ns <= HASTY_NS {
            INSTEAD_NS
        } else {
            delay_ns
        };
        Ok(ClipFrame {
            picture: Picture::from(frame.into_buffer()),
            at_ns: shown_at_ns,
        })
    });
    Ok(Clip {
        frames: Box::new(frames),
        count: None,
    })
}

fn film(path: &Path) -> Result<Clip, EvalError> {
    if !path.is_file() {
        return Err(EvalError::malformed(
            path.display().to_string(),
            "a clip",
            "no such file",
        ));
    }
    let times = times(path)?;
    let count = Some(times.len() as u64);
    let mut ffmpeg = decoding(path)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| cannot_start("ffmpeg", path, source))?;
    let Some(pipe) = ffmpeg.stdout.take() else {
        unreachable!("its output was asked for");
    };
    Ok(Clip {
        frames: Box::new(Film {
            path: path.to_owned(),
            times: times.into_iter(),
            pipe: BufReader::new(pipe),
            ffmpeg,
            over: false,
        }),
        count,
    })
}

/// ffmpeg, as it is to decode the clip at `path` into its standard output.
fn decoding(path: &Path) -> Command {
    let mut ffmpeg = Command::new("ffmpeg");
    // What stands before the input is about reading it.
    ffmpeg
        .args(["-v", "error", "-nostdin", "-noautorotate", "-i"])
        .arg(path);
    ffmpeg.args(["-map", "0:v:0", "-fps_mode", "passthrough"]);
    ffmpeg.args(["-f", "image2pipe", "-c:v", "ppm", "-"]);
    ffmpeg
}

fn cannot_start(program: &'static str, path: &Path, source: std::io::Error) -> EvalError {
    EvalError::Start {
        program,
        path: path.to_owned(),
        source,
    }
}

/// When each frame of the first video stream is shown.
fn times(path: &Path) -> Result<Vec<u64>, EvalError> {
    let mut ffprobe = Command::new("ffprobe");
    ffprobe.args(["-v", "error", "-select_streams", "v:0"]);
    ffprobe.args([
        "-show_entries",
        "frame=best_effort_timestamp_time",
        "-of",
        "csv=p=0",
    ]);
    let output = ffprobe
        .arg(path)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| cannot_start("ffprobe", path, source))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(EvalError::malformed(
            path.display().to_string(),
            "a clip",
            "none that ffprobe knows",
        ));
    }
    let time = |line: &str| {
        let seconds: f64 = line
            .trim_end_matches(',')
            .parse()
            .map_err(|_| EvalError::malformed(path.display().to_string(), "a time for each frame", line))?;
        Ok((seconds.max(0.0) * 1e9).round() as u64)
    };
    text.split_whitespace().map(time).collect()
}

/// What ffmpeg is decoding.
struct Film {
    path: PathBuf,
    times: vec::IntoIter<u64>,
    pipe: BufReader<ChildStdout>,
    ffmpeg: Child,
    over: bool,
}

impl Film {
    fn next_frame(&mut self) -> Result<Option<ClipFrame>, EvalError> {
        let picture = read_ppm(&mut self.pipe).map_err(|source| EvalError::Read {
            path: self.path.clone(),
            source,
        })?;
        match (picture, self.times.next()) {
            (Some(picture), Some(at_ns)) => Ok(Some(ClipFrame { picture, at_ns })),
            (None, None) => {
                let ended = self.ffmpeg.wait().is_ok_and(|status| status.success());
                if ended {
                    Ok(None)
                } else {
                    Err(self.refuse("ffmpeg failed"))
                }
            }
            (Some(_), None) => Err(self.refuse("more frames than times")),
            (None, Some(_)) => Err(self.refuse("fewer frames than times")),
        }
    }

    fn refuse(&self, found: &str) -> EvalError {
        EvalError::malformed(
            self.path.display().to_string(),
            "a clip that ffmpeg decodes",
            found,
        )
    }
}

impl Iterator for Film {
    type Item = Result<ClipFrame, EvalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.next_frame();
        self.over = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

impl Drop for Film {
    /// Who stops before the end leaves no process behind.
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
    }
}

/// The next picture of a stream of binary PPMs with 255 levels, or none at its end.
fn read_ppm(stream: &mut impl BufRead) -> std::io::Result<Option<Picture>> {
    let invalid =
        |found: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, format!("a PPM: {found:?}"));
    if stream.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut header = String::new();
    for _ in 0..3 {
        stream.read_line(&mut header)?;
    }
    let words: Vec<_> = header.split_whitespace().collect();
    let ["P6", width, height, "255"] = words[..] else {
        return Err(invalid(&header));
    };
    let (Ok(width), Ok(height)) = (width.parse::<u32>(), height.parse::<u32>()) else {
        return Err(invalid(&header));
    };
    let mut rgb = vec![0; width as usize * height as usize * 3];
    stream.read_exact(&mut rgb)?;
    let (pixels, _) = rgb.as_chunks::<3>();
    Ok(Some(Picture {
        width,
        height,
        rgba: pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_follow_each_other_in_a_stream() {
        let mut stream = &b"P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06P6\n1 1\n255\n\x0a\n\xff"[..];
        let first = read_ppm(&mut stream).unwrap().unwrap();
        assert_eq!((first.width, first.height), (2, 1));
        assert_eq!(first.rgba, [1, 2, 3, 255, 4, 5, 6, 255]);
        let second = read_ppm(&mut stream).unwrap().unwrap();
        assert_eq!(second.rgba, [10, b'\n', 255, 255]);
        assert!(read_ppm(&mut stream).unwrap().is_none());
    }

    #[test]
    fn a_stream_that_is_cut_or_no_ppm_is_an_error() {
        assert!(read_ppm(&mut &b"P6\n2 1\n255\n\x01\x02\x03"[..]).is_err());
        assert!(read_ppm(&mut &b"P5\n1 1\n255\n\x01"[..]).is_err());
        assert!(read_ppm(&mut &b"P6\n1 1\n65535\n\x01\x01\x01"[..]).is_err());
    }

    #[test]
    fn a_folder_of_stills_is_a_clip_at_a_rate() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frame/tests/data");
        let clip = Clip::of_stills(&folder, 25.0).unwrap();
        let count = clip.count.unwrap();
        let times: Vec<_> = clip.map(|frame| frame.unwrap().at_ns).collect();
        assert_eq!(times.len() as u64, count);
        assert_eq!(times[..3], [0, 40_000_000, 80_000_000]);
    }

    /// The reference's script decodes the same way, else both sides would see different pictures.
    #[test]
    fn no_metadata_turns_a_film_here_or_at_the_reference() {
        let ffmpeg = decoding(Path::new("a.mp4"));
        let at = |word: &str| ffmpeg.get_args().position(|it| it == word).unwrap();
        assert!(at("-noautorotate") < at("-i"));
        let reference = include_str!("../reference/measure.py");
        assert!(reference.contains(r#""-noautorotate", "-i""#));
    }

    #[test]
    fn hasty_frames_are_shown_for_as_long_as_an_app_sees_them() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../capture/tests/data");
        for name in ["hasty.gif", "no_delay.gif"] {
            let clip = Clip::open(&data.join(name)).unwrap();
            let times: Vec<_> = clip.map(|frame| frame.unwrap().at_ns).collect();
            assert_eq!(times[..3], [0, 100_000_000, 200_000_000], "{name}");
        }
    }

    #[test]
    fn a_clip_that_is_not_there_is_an_error() {
        for name in ["missing.mp4", "missing.gif"] {
            assert!(Clip::open(Path::new(name)).is_err(), "{name}");
        }
    }
}
