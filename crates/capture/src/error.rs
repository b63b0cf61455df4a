use std::fmt;

use moretta_frame::FrameError;
use moretta_veil::VeilError;

use crate::FileFormat;

/// Why there is no frame.
///
/// A message names formats, sizes and devices' answers, never what a picture shows: what a decoder says of its input is
/// reduced to a [`Fault`], since it may quote it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is no memory for pictures.
    #[error("capture: memory for pictures: {0}")]
    Memory(#[from] VeilError),
    /// A frame's size or strides make no frame.
    #[error("capture: the frame: {0}")]
    Frame(#[from] FrameError),
    /// The bytes are no picture file that is known here.
    #[error("picture file: expected {expected}, found {found}")]
    Format {
        /// The formats that would do.
        expected: &'static str,
        /// What the bytes are, as far as that is known.
        found: &'static str,
    },
    /// The file is broken, or uses what the decoder does not know.
    #[error("{format} file: {fault}")]
    File {
        /// The file's format.
        format: FileFormat,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The file says that its picture is larger than the options allow.
    #[error("{format} file: expected at most {max_pixels} pixels, found {width} x {height}")]
    TooLarge {
        /// The file's format.
        format: FileFormat,
        /// The most pixels allowed: [`CaptureOptions::max_pixels`](crate::CaptureOptions::max_pixels).
        max_pixels: u32,
        /// Its width in pixels, as the file says.
        width: u32,
        /// Its height in pixels, as the file says.
        height: u32,
    },
    /// The source's picture was zeroed by [`wipe_all`](moretta_veil::wipe_all): it is to be made anew.
    #[error("capture: the picture was wiped: make the source anew")]
    Wiped,
    /// A camera was asked to begin again.
    #[error("capture: expected a source with a beginning, found a live one")]
    Live,
    /// A setting is out of its range.
    #[error("capture: expected {option} {expected}, found {found}")]
    Option {
        /// The setting.
        option: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: f64,
    },
    /// A call to a camera failed.
    #[cfg(target_os = "linux")]
    #[error("camera: {call} failed")]
    Device {
        /// The call, by its name in the system's header.
        call: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The camera cannot do what is needed.
    #[cfg(target_os = "linux")]
    #[error("camera: expected {expected}, found {found}")]
    Unsuited {
        /// What is needed.
        expected: &'static str,
        /// What the device offers instead, as its driver writes it.
        found: String,
    },
    /// The camera delivered no frame in time.
    #[cfg(target_os = "linux")]
    #[error("camera: expected a frame within {timeout_ms} ms, found none")]
    Timeout {
        /// How long was waited, in milliseconds.
        timeout_ms: u32,
    },
    /// OpenCV refused. Its own words are left out: they name files.
    #[cfg(feature = "opencv")]
    #[error("OpenCV: {call} failed with code {code}")]
    OpenCv {
        /// What was asked of it.
        call: &'static str,
        /// OpenCV's number for the reason (`cv::Error::Code`); 0 where it gave none.
        code: i32,
    },
    /// An animation could not be written.
    #[cfg(feature = "write")]
    #[error("writing {format}: {reason}")]
    Write {
        /// The format of the animation.
        format: FileFormat,
        /// What was refused, by the encoder or by what it writes to.
        reason: WriteFault,
    },
}

/// What is wrong with a picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// There are no bytes, or fewer than the file itself announces.
    EndsEarly,
    /// The bytes break the rules of the format.
    Malformed,
    /// The file uses a part of the format that the decoder does not know.
    Unsupported,
    /// Decoding would take more memory than the options allow.
    Demanding,
    /// The decoder panicked over it: a bug of the decoder, and its words are gone on purpose.
    Panicked,
    /// It holds one picture and no animation; [`StillImage`](crate::StillImage) shows it.
    NotAnimated,
    /// It is an animation without a frame.
    NoFrame,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndsEarly => "expected more bytes, found its end",
            Self::Malformed => "expected what the format prescribes, found something else",
            Self::Unsupported => "it uses a part of the format that is not supported",
            Self::Demanding => "decoding it takes more memory than is allowed",
            Self::Panicked => "the decoder panicked over it",
            Self::NotAnimated => "expected an animation, found a still picture",
            Self::NoFrame => "expected at least one frame, found none",
        })
    }
}

/// Why an animation could not be written.
#[cfg(feature = "write")]
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteFault {
    /// The picture has another length than width times height times four bytes.
    Length {
        /// The bytes of a frame.
        expected: usize,
        /// The bytes given.
        found: usize,
    },
    /// More frames than announced, or fewer at the end.
    Count {
        /// The frames announced.
        expected: u32,
        /// The frames given.
        found: u32,
    },
    /// A side is zero, or longer than the format can say.
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The encoder, or what it writes to, refused.
    Io(std::io::Error),
}

#[cfg(feature = "write")]
impl fmt::Display for WriteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "expected a frame of {expected} bytes, found {found}")
            }
            Self::Count { expected, found } => write!(f, "expected {expected} frames, found {found}"),
            Self::Size { width, height } => {
                write!(
                    f,
                    "expected each side within 1..=65535 pixels, found {width} x {height}"
                )
            }
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}
