//! The one thing that leaves the process: finished pictures, in files that the user named.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use moretta_capture::ClipWriter;

use crate::Error;

/// What a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One picture.
    Photo,
    /// An animation in 256 colours.
    Gif,
    /// An animation in all colours.
    Apng,
}

impl Kind {
    /// By the ending of the name.
    ///
    /// # Errors
    /// [`Error::Ending`].
    pub(crate) fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().map(|it| it.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("png") => Ok(Self::Photo),
            Some("gif") => Ok(Self::Gif),
            Some("apng") => Ok(Self::Apng),
            _ => Err(Error::Ending {
                path: path.to_owned(),
                expected: ".png, .gif or .apng",
            }),
        }
    }

    pub(crate) fn is_clip(self) -> bool {
        self != Self::Photo
    }
}

/// A file that was opened because the user named it. It may be written again: then it holds the newest.
#[derive(Debug)]
pub(crate) struct Export {
    path: PathBuf,
    kind: Kind,
    file: File,
}

impl Export {
    /// Makes the file, or empties it.
    ///
    /// # Errors
    /// [`Error::Ending`], [`Error::Write`].
    #[expect(
        clippy::disallowed_methods,
        reason = "the user named this file, for the finished picture"
    )]
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let kind = Kind::of(path)?;
        let refused = |source| Error::Write {
            path: path.to_owned(),
            source,
        };
        Ok(Self {
            path: path.to_owned(),
            kind,
            file: File::create(path).map_err(refused)?,
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a photo: rows of RGBA without padding.
    ///
    /// # Errors
    /// [`Error::Write`], [`Error::Encode`].
    pub(crate) fn write_photo(&mut self, picture: &Finished) -> Result<(), Error> {
        let mut out = BufWriter::new(self.emptied()?);
        let [width, height] = picture.size;
        PngEncoder::new(&mut out).write_image(&picture.rgba, width, height, ExtendedColorType::Rgba8)?;
        out.flush().map_err(|source| self.refused(source))
    }

    /// Begins a clip of `frames` pictures of `size`.
    ///
    /// # Errors
    /// [`Error::Write`], [`Error::Capture`].
    pub(crate) fn start_clip(&self, size: [u32; 2], frames: u32) -> Result<ClipFile, Error> {
        let out = BufWriter::new(self.emptied()?);
        let writer = match self.kind {
            Kind::Gif => ClipWriter::gif(out, size)?,
            Kind::Photo | Kind::Apng => ClipWriter::apng(out, size, frames)?,
        };
        Ok(ClipFile { writer, left: frames })
    }

    /// Takes back what was written.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub(crate) fn empty(&self) -> Result<(), Error> {
        self.emptied().map(drop)
    }

    /// The file, of no length.
    fn emptied(&self) -> Result<File, Error> {
        let empty = || {
            let mut file = self.file.try_clone()?;
            file.rewind()?;
            file.set_len(0)?;
            Ok(file)
        };
        empty().map_err(|source| self.refused(source))
    }

    fn refused(&self, source: std::io::Error) -> Error {
        Error::Write {
            path: self.path.clone(),
            source,
        }
    }
}

/// A finished picture: rows of RGBA without padding.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finished {
    /// Columns and rows.
    pub(crate) size: [u32; 2],
    pub(crate) rgba: Vec<u8>,
}

impl Finished {
    /// A black picture of `size`; memory that is there is used again.
    pub(crate) fn resize(&mut self, size: [u32; 2]) {
        self.size = size;
        self.rgba.resize(size[0] as usize * size[1] as usize * 4, 0);
    }

    /// Overwrites the picture, which is large enough to be worth it, and has no size then.
    pub(crate) fn wipe(&mut self) {
        self.rgba.fill(0);
        // Kept from the optimiser, who would leave out the writing of what is not read again.
        std::hint::black_box(&self.rgba);
        self.size = [0; 2];
        self.rgba.clear();
    }

    /// Left and right change places.
    pub(crate) fn mirror(&mut self) {
        let row = self.size[0] as usize * 4;
        for row in self.rgba.chunks_exact_mut(row.max(1)) {
            row.as_chunks_mut::<4>().0.reverse();
        }
    }
}

/// A clip that is being written.
pub(crate) struct ClipFile {
    writer: ClipWriter<BufWriter<File>>,
    left: u32,
}

impl ClipFile {
    /// Writes the next picture. Says whether there is room for more.
    ///
    /// # Errors
    /// [`Error::Capture`].
    pub(crate) fn push(&mut self, picture: &Finished, duration_ns: u64) -> Result<bool, Error> {
        self.writer.write_frame(&picture.rgba, duration_ns)?;
        self.left = self.left.saturating_sub(1);
        Ok(self.left > 0)
    }

    pub(crate) fn left(&self) -> u32 {
        self.left
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`Error::Capture`], also if it holds fewer pictures than were announced.
    pub(crate) fn finish(self) -> Result<(), Error> {
        Ok(self.writer.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_goes_there() {
        for (name, kind) in [
            ("a.png", Kind::Photo),
            ("b/c.GIF", Kind::Gif),
            ("d.apng", Kind::Apng),
        ] {
            assert_eq!(Kind::of(Path::new(name)).unwrap(), kind);
        }
        for name in ["a", "png", "a.jpg", ".png", ""] {
            assert!(
                matches!(Kind::of(Path::new(name)), Err(Error::Ending { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn in_a_mirror_left_is_right() {
        let mut picture = Finished::default();
        picture.resize([2, 2]);
        for (place, pixel) in picture.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            *pixel = [place as u8; 4];
        }
        picture.mirror();
        let firsts: Vec<_> = picture.rgba.iter().step_by(4).copied().collect();
        assert_eq!(firsts, [1, 0, 3, 2]);
    }
}
