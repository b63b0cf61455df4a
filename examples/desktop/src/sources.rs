//! Where frames come from, by what the user named.

use std::path::Path;

use moretta::Policy;
use moretta_capture::{
    CameraPath, CaptureError, CaptureOptions, FileFormat, MovingCamera, Repeat, Source, StillImage,
};

use crate::Error;
use crate::args::{Args, SourceArg};

/// What a moving camera delivers: frames of this size, 30 a second.
const VIEW: [u32; 2] = [640, 480];
const FRAME_NS: u64 = 33_333_333;

/// What is awaited between frames of a source that does not say.
pub(crate) const USUAL_FRAME_NS: u64 = 40_000_000;

/// A source, and whether its frames have an end.
pub(crate) struct Opened {
    pub(crate) source: Box<dyn Source>,
    pub(crate) endless: bool,
}

/// Opens the source that `args` name. A file is read whole and closed.
///
/// # Errors
/// [`Error::Read`], [`Error::Capture`], [`Error::Feature`] for a video without the feature `opencv`.
pub(crate) fn open(args: &Args, repeat: Repeat, policy: Policy) -> Result<Opened, Error> {
    let options = CaptureOptions {
        policy,
        ..CaptureOptions::default()
    };
    let path = match &args.source {
        SourceArg::Camera(number) => {
            return Ok(Opened {
                source: camera(*number, options)?,
                endless: true,
            });
        }
        SourceArg::File(path) => path,
    };
    let mut bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    let opened = decoded(path, &bytes, args.moving, repeat, &options);
    // The file shows a face too. Kept from the optimiser, who would leave out the writing of what is not read again.
    bytes.fill(0);
    std::hint::black_box(&bytes);
    opened
}

/// A picture or a clip if the file is one, else what OpenCV makes of it.
fn decoded(
    path: &Path,
    bytes: &[u8],
    moving: bool,
    repeat: Repeat,
    options: &CaptureOptions,
) -> Result<Opened, Error> {
    if let Err(CaptureError::Format { .. }) = FileFormat::of(bytes) {
        return Ok(Opened {
            source: video(path, repeat, options)?,
            endless: repeat == Repeat::Forever,
        });
    }
    if moving {
        let still = StillImage::from_bytes(bytes, options)?;
        let camera = MovingCamera::new(still, CameraPath::default(), VIEW, FRAME_NS, options)?;
        return Ok(Opened {
            source: Box::new(camera),
            endless: true,
        });
    }
    Ok(Opened {
        source: moretta_capture::open(bytes, repeat, options)?,
        endless: repeat == Repeat::Forever,
    })
}

/// A camera, straight from its driver.
#[cfg(target_os = "linux")]
fn camera(number: u32, capture: CaptureOptions) -> Result<Box<dyn Source>, Error> {
    use moretta_capture::{V4l2Camera, V4l2Options};
    let options = V4l2Options {
        capture,
        ..V4l2Options::default()
    };
    Ok(Box::new(V4l2Camera::open(
        format!("/dev/video{number}"),
        &options,
    )?))
}

/// A camera, through OpenCV.
#[cfg(all(not(target_os = "linux"), feature = "opencv"))]
fn camera(number: u32, capture: CaptureOptions) -> Result<Box<dyn Source>, Error> {
    use moretta_capture::{Camera, CameraOptions};
    let options = CameraOptions {
        capture,
        ..CameraOptions::default()
    };
    Ok(Box::new(Camera::open(number, &options)?))
}

#[cfg(all(not(target_os = "linux"), not(feature = "opencv")))]
fn camera(number: u32, _capture: CaptureOptions) -> Result<Box<dyn Source>, Error> {
    Err(Error::Feature {
        what: format!("camera {number}"),
    })
}

#[cfg(feature = "opencv")]
fn video(path: &Path, repeat: Repeat, options: &CaptureOptions) -> Result<Box<dyn Source>, Error> {
    Ok(Box::new(moretta_capture::VideoFile::open(path, repeat, options)?))
}

#[cfg(not(feature = "opencv"))]
fn video(path: &Path, _repeat: Repeat, _options: &CaptureOptions) -> Result<Box<dyn Source>, Error> {
    Err(Error::Feature {
        what: crate::args::file_name(path),
    })
}
