//! The pictures that effects are drawn on.

use std::path::Path;

use moretta::Policy;
use moretta_capture::{CaptureError, CaptureOptions, Clip, Fault, Repeat, Source, StillImage};

use crate::{Error, folder};

/// From one frame to the next of a still picture: 30 a second, as `docs/PACKS.md` has it for tests.
pub(crate) const STILL_FRAME_NS: u64 = 1_000_000_000 / 30;

/// The pictures that come with the tool, by name; `inputs/README.md` says where they come from.
const BUILTIN: [(&str, &[u8]); 6] = [
    ("brows-up", include_bytes!("../inputs/brows-up.webp")),
    ("clip", include_bytes!("../inputs/clip.webp")),
    ("eyes-closed", include_bytes!("../inputs/eyes-closed.webp")),
    ("mouth-open", include_bytes!("../inputs/mouth-open.webp")),
    ("neutral", include_bytes!("../inputs/neutral.webp")),
    ("portrait", include_bytes!("../inputs/portrait.webp")),
];

/// How long the file of a picture or a clip may be.
const MAX_BYTES: usize = 512 << 20;

/// What the names of those begin with.
const PREFIX: &str = "builtin:";

/// The name of each, as a command line says it.
pub(crate) fn builtin_names() -> impl Iterator<Item = String> {
    BUILTIN.iter().map(|(name, _)| format!("{PREFIX}{name}"))
}

/// A picture file as it was read: a still picture, or a clip.
pub(crate) struct Input {
    name: String,
    bytes: Vec<u8>,
}

impl Input {
    /// What a command line calls `name`: one that comes with the tool, or a file.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is none, [`Error::Read`].
    pub(crate) fn named(name: &str) -> Result<Self, Error> {
        match builtin(name) {
            Some(found) => found,
            None => Ok(Self::new(name, folder::read(Path::new(name), MAX_BYTES)?)),
        }
    }

    /// What a test of a pack calls `name`: one that comes with the tool, or a file of the pack.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is none.
    pub(crate) fn of_pack<'a>(name: &str, file: impl Fn(&str) -> Option<&'a [u8]>) -> Result<Self, Error> {
        match (builtin(name), file(name)) {
            (Some(found), _) => found,
            (None, Some(bytes)) => Ok(Self::new(name, bytes.to_vec())),
            (None, None) => Err(Error::Usage(format!(
                "{name}: a picture in the pack expected, none found"
            ))),
        }
    }

    fn new(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            bytes,
        }
    }

    /// Begins to show it: a clip once or again and again, a still picture without an end.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub(crate) fn open(&self, repeat: Repeat) -> Result<Reel, Error> {
        let options = CaptureOptions {
            policy: Policy::BestEffort,
            ..CaptureOptions::default()
        };
        let still = || StillImage::from_bytes(&self.bytes, &options);
        let opened = match Clip::from_bytes(&self.bytes, repeat, &options) {
            Ok(clip) => Ok((Box::new(clip) as Box<dyn Source>, true)),
            Err(error) if is_still(&error) => {
                still().map(|still| (Box::new(still.repeated(STILL_FRAME_NS)) as Box<dyn Source>, false))
            }
            Err(error) => Err(error),
        };
        let (source, moving) = opened.map_err(|source| self.error(source))?;
        Ok(Reel { source, moving })
    }

    /// Columns and rows of its upright frames.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub(crate) fn size_px(&self) -> Result<(u32, u32), Error> {
        let mut reel = self.open(Repeat::Once)?;
        let first = reel.source.next_frame().map_err(|source| self.error(source))?;
        let size = first.map(|frame| {
            frame
                .view()
                .map(|view| (view.size().width(), view.size().height()))
        });
        // Both kinds of files have a first frame, or an error instead of it.
        size.unwrap_or(Ok((1, 1)))
            .map_err(|source| self.error(source.into()))
    }

    /// What is wrong with it.
    pub(crate) fn error(&self, source: CaptureError) -> Error {
        Error::Input {
            name: self.name.clone(),
            source,
        }
    }
}

/// An input while it is shown.
pub(crate) struct Reel {
    /// Its frames.
    pub(crate) source: Box<dyn Source>,
    /// Whether it has an end: it is a clip.
    pub(crate) moving: bool,
}

fn builtin(name: &str) -> Option<Result<Input, Error>> {
    let wanted = name.strip_prefix(PREFIX)?;
    let found = BUILTIN.iter().find(|(name, _)| *name == wanted);
    Some(match found {
        Some((_, bytes)) => Ok(Input::new(name, bytes.to_vec())),
        None => {
            let names: Vec<_> = builtin_names().collect();
            Err(Error::Usage(format!(
                "{name}: one of {} expected",
                names.join(", ")
            )))
        }
    })
}

fn is_still(error: &CaptureError) -> bool {
    matches!(
        error,
        CaptureError::File {
            fault: Fault::NotAnimated,
            ..
        } | CaptureError::Format { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_opens_and_shows_a_frame() {
        for name in builtin_names() {
            let input = Input::named(&name).unwrap();
            let mut reel = input.open(Repeat::Once).unwrap();
            assert_eq!(reel.moving, name == "builtin:clip", "{name}");
            let picture = reel.source.next_frame().unwrap();
            let picture = picture.unwrap_or_else(|| panic!("{name} has a frame"));
            let (width, height) = (picture.layout().width, picture.layout().height);
            assert!(width >= 240 && height >= 240, "{name}: {width} x {height}");
        }
    }

    #[test]
    fn a_builtin_that_is_not_is_refused_with_those_that_are() {
        let Err(Error::Usage(message)) = Input::named("builtin:cat") else {
            panic!("there is no such picture");
        };
        assert!(
            message.contains("builtin:cat: one of builtin:brows-up, builtin:clip, "),
            "{message}"
        );
    }

    #[test]
    fn a_test_of_a_pack_names_files_of_the_pack_alone() {
        let files = |path: &str| (path == "tests/face.png").then_some(&b"no picture"[..]);
        assert!(
            Input::of_pack("tests/face.png", files)
                .unwrap()
                .open(Repeat::Once)
                .is_err()
        );
        assert!(matches!(
            Input::of_pack("Cargo.toml", files),
            Err(Error::Usage(_))
        ));
        assert!(
            Input::of_pack("builtin:portrait", files)
                .unwrap()
                .open(Repeat::Once)
                .is_ok()
        );
    }
}
