use std::io;
use std::path::PathBuf;

use moretta_frame::FrameError;
use moretta_infer::InferError;
use moretta_track::TrackError;
use moretta_veil::VeilError;

/// Why something could not be measured or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EvalError {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// A file is not the picture or clip that its name says it is.
    #[error("cannot decode {}: {source}", path.display())]
    Decode {
        path: PathBuf,
        source: image::ImageError,
    },
    /// A program that decodes clips could not be started.
    #[error("cannot start {program}, which decodes {}: {source}", path.display())]
    Start {
        program: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A file, or the answer of a program, is not what it should be.
    #[error("{what}: expected {expected}, found {found}")]
    Malformed {
        what: String,
        expected: &'static str,
        found: String,
    },
    /// A frame was refused.
    #[error("the frame: {0}")]
    Frame(#[from] FrameError),
    /// A network could not be loaded or run.
    #[error("the network: {0}")]
    Infer(#[from] InferError),
    /// A frame could not be tracked.
    #[error("the tracker: {0}")]
    Track(#[from] TrackError),
    /// The veil refused.
    #[error("the veil: {0}")]
    Veil(#[from] VeilError),
}

impl EvalError {
    pub(crate) fn malformed(
        what: impl Into<String>,
        expected: &'static str,
        found: impl Into<String>,
    ) -> Self {
        Self::Malformed {
            what: what.into(),
            expected,
            found: found.into(),
        }
    }
}
