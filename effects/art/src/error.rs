use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// What can go wrong while artwork is made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the artwork could not be read.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of a pack could not be written.
    #[error("cannot write {path}", path = path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A drawing is no SVG.
    #[error("{name} is no drawing")]
    Svg {
        /// Which drawing.
        name: String,
        /// Why.
        source: resvg::usvg::Error,
    },
    /// A picture has no pixels, or too many.
    #[error("expected a picture of 1 to 4096 pixels a side, found {width} x {height}")]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A picture could not be encoded.
    #[error("cannot encode a picture")]
    Png {
        /// Why.
        #[from]
        source: png::EncodingError,
    },
    /// A pack that is not among those drawn here.
    #[error("expected the name of a pack, found {name}")]
    Pack {
        /// What was asked for.
        name: String,
    },
}
