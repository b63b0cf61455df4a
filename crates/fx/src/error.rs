use std::path::PathBuf;

use moretta_capture::CaptureError;
use moretta_golden::GoldenError;

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The command line asks for what cannot be.
    #[error("{0}")]
    Usage(String),
    /// Packs are not what they should be. What is wrong with each has been printed.
    #[error("{found} of {all} {}", if *all == 1 { "pack is invalid" } else { "packs are invalid" })]
    Invalid {
        /// How many.
        found: usize,
        /// Of how many.
        all: usize,
    },
    /// Pictures are not as expected. How far they are off has been printed.
    #[error("{found} of {all} {}", if *all == 1 { "picture differs" } else { "pictures differ" })]
    Differs {
        /// How many.
        found: usize,
        /// Of how many.
        all: usize,
    },
    /// A file or a folder cannot be read.
    #[error("{}: it cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{}: it cannot be written: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A picture cannot be read as one.
    #[error("{name}: {source}")]
    Input {
        /// The picture, as the command line or the manifest calls it.
        name: String,
        /// What is wrong with it.
        source: CaptureError,
    },
    /// A finished picture cannot be written.
    #[error(transparent)]
    Golden(#[from] GoldenError),
    /// A finished animation cannot be encoded.
    #[error("the animation cannot be encoded: {0}")]
    Film(#[source] CaptureError),
    /// Nothing can be drawn, or a frame could not be.
    #[error(transparent)]
    Session(#[from] moretta::Error),
    /// There is no window.
    #[error("the window: {0}")]
    Window(String),
}

impl Error {
    /// What the process ends with: 1 if a pack or a picture is not right, 2 if the command line is not, 3 for what
    /// neither can help.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Invalid { .. } | Self::Differs { .. } => 1,
            Self::Usage(_) => 2,
            _ => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_tell_the_pack_the_command_line_and_the_system_apart() {
        let io = || std::io::Error::other("");
        for (error, code) in [
            (Error::Invalid { found: 1, all: 2 }, 1),
            (Error::Differs { found: 1, all: 1 }, 1),
            (Error::Usage(String::new()), 2),
            (
                Error::Read {
                    path: PathBuf::new(),
                    source: io(),
                },
                3,
            ),
            (Error::Window(String::new()), 3),
        ] {
            assert_eq!(error.exit_code(), code, "{error:?}");
        }
    }

    #[test]
    fn numbers_and_words_agree() {
        let words = |found, all| Error::Differs { found, all }.to_string();
        assert_eq!(words(1, 1), "1 of 1 picture differs");
        assert_eq!(words(1, 3), "1 of 3 pictures differ");
        assert_eq!(
            Error::Invalid { found: 2, all: 2 }.to_string(),
            "2 of 2 packs are invalid"
        );
    }
}
