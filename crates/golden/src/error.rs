use std::path::PathBuf;

use crate::{Difference, Tolerance};

/// Why a picture is not as its golden.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GoldenError {
    /// There is no golden of this name.
    #[error(
        "no golden at {}: look at the actual picture, and bless it with MORETTA_BLESS=1 if it is right", path.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The golden is no PNG with 8 bits of red, green, blue and alpha.
    #[error("the golden at {}: expected a PNG of 8-bit RGBA, found {found}", path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
    },
    /// The golden is of another size.
    #[error("size: expected {} x {} pixels, found {} x {}", expected.0, expected.1, found.0, found.1)]
    Size {
        /// Columns and rows of the golden.
        expected: (u32, u32),
        /// Columns and rows of the picture.
        found: (u32, u32),
    },
    /// A picture's bytes are not four a pixel.
    #[error("bytes of a picture: expected {expected}, found {found}")]
    Bytes {
        /// Four times columns times rows.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The pictures differ by more than they may.
    #[error(
        "{name}: expected at most {} off in at most {} pixels, found {} in {}; see {}",
        expected.max_channel, expected.pixels, found.largest, found.pixels, output.display()
    )]
    Differs {
        /// The golden's name.
        name: String,
        /// What was allowed.
        expected: Tolerance,
        /// How far apart they are.
        found: Difference,
        /// Where both and their difference were left.
        output: PathBuf,
    },
    /// The golden was written anew, as MORETTA_BLESS asks for.
    #[error("written anew: look at {}, then run without MORETTA_BLESS", path.display())]
    Blessed {
        /// The golden.
        path: PathBuf,
    },
    /// A picture could not be written.
    #[error("could not write {}: {reason}", path.display())]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}
