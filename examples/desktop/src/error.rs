//! The one error of this program.

use std::io;
use std::path::PathBuf;

use moretta::ErrorKind;
use moretta_capture::CaptureError;

/// Why the program ends, or what it tells its user.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The SDK.
    #[error(transparent)]
    Moretta(#[from] moretta::Error),
    /// The source of frames.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// A file that was named cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// A file that was named cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// The name of a file does not say what goes there.
    #[error("{}: expected a name that ends in {expected}", path.display())]
    Ending { path: PathBuf, expected: &'static str },
    /// A picture could not be encoded.
    #[error("cannot encode a picture: {0}")]
    Encode(#[from] image::ImageError),
    /// There is no such effect.
    #[error("expected one of the effects {expected:?}, found {found:?}")]
    Effect { expected: Vec<String>, found: String },
    /// Packs that cannot be read, where all were wanted.
    #[error("expected every pack to be sound, found {found} that are not")]
    Packs { found: usize },
    /// Nobody agreed that faces are looked for.
    #[error(
        "without a window: expected --consent, which says who agreed that faces are looked for, found none"
    )]
    Consent,
    /// The source ended before there was a picture.
    #[error("the source: expected at least one frame, found none")]
    NoFrame,
    /// What is asked for needs another build.
    #[cfg_attr(feature = "opencv", allow(dead_code, reason = "this is that build"))]
    #[error("{what}: expected a build with the feature `opencv`")]
    Feature { what: String },
    /// The window, or the system's way to have one.
    #[error("the window: {0}")]
    Window(String),
    /// The system does not lock this process in.
    #[error("{what}: {reason}")]
    Lockdown { what: &'static str, reason: String },
    /// A locked process did what it must not be able to do.
    #[error("the self-test: expected every attempt to be denied, found {done} that succeeded")]
    SelfTest { done: usize },
    /// The program could not be started anew, with settings for the graphics driver.
    #[error("cannot start anew with settings for the graphics driver: {0}")]
    Again(io::Error),
    /// Memory grew where it should have stayed the same.
    #[error("the soak: expected {what} to grow by at most {most}, found {found}")]
    Grew {
        what: &'static str,
        most: String,
        found: String,
    },
    /// A thread of this program could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

impl Error {
    /// Whether the system granted less protection than was asked for.
    pub(crate) fn is_protection(&self) -> bool {
        use moretta::VeilError::{HeapNotInstalled, Map, Refused};
        match self {
            Self::Moretta(error) => error.kind() == ErrorKind::Protection,
            Self::Capture(CaptureError::Memory(error)) => {
                matches!(error, Refused { .. } | HeapNotInstalled | Map { .. })
            }
            _ => false,
        }
    }
}

impl From<moretta::VeilError> for Error {
    fn from(error: moretta::VeilError) -> Self {
        Self::Moretta(error.into())
    }
}
