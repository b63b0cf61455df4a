use std::path::{Path, PathBuf};

use crate::{Error, Picture, face_map};

/// The folder of drawings.
#[derive(Clone, Debug)]
pub struct Sources {
    folder: PathBuf,
}

impl Sources {
    /// The drawings in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The drawings next to this crate's code, where it was built.
    #[must_use]
    pub fn of_this_crate() -> Self {
        Self::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("svg"))
    }

    /// The text of the drawing `name`, without its ending.
    ///
    /// # Errors
    /// [`Error::Read`] if it cannot be read.
    pub fn text(&self, name: &str) -> Result<String, Error> {
        let path = self.folder.join(name).with_extension("svg");
        std::fs::read_to_string(&path).map_err(|source| Error::Read { path, source })
    }

    /// The drawing `name` as a picture of `width` by `height` pixels.
    ///
    /// # Errors
    /// [`Error::Read`] if it cannot be read; those of [`Picture::from_svg`].
    pub fn picture(&self, name: &str, width: usize, height: usize) -> Result<Picture, Error> {
        Picture::from_svg(name, &self.text(name)?, width, height)
    }

    /// The drawing `name` for the face, in canonical UV, as a picture of `side` by `side` pixels.
    ///
    /// # Errors
    /// As [`picture`](Self::picture).
    pub fn face(&self, name: &str, side: usize) -> Result<Picture, Error> {
        let text = face_map::with_face(&self.text(name)?);
        Picture::from_svg(name, &text, side, side)
    }
}
