//! The packs: what lies in each folder of `effects`, but for the manifest, which is written by hand.

mod blink;
mod bunny;
mod butterfly;
mod cat;
mod crown;
mod fire;
mod football;
mod fur;
mod glasses;
mod glasses3d;
mod golden_hour;
mod hat;
mod monkey_king;
mod moretta;
mod moustache;
mod noir;
mod opera;
mod photo;
mod swap;

use glam::Vec3;
use moretta_geometry::{anchor_weights, canonical};
use moretta_lang::Anchor;

use crate::preview::{Palette, Studio};
use crate::{Error, Sources};

/// A file and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the folder of the pack.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

type Files = Vec<File>;

type Maker = fn(&Studio<'_>) -> Result<Files, Error>;

/// Each pack's folder and what draws it.
const PACKS: [(&str, Maker); 18] = [
    ("blink", blink::files),
    ("bunny", bunny::files),
    ("butterfly", butterfly::files),
    ("cat", cat::files),
    ("crown", crown::files),
    ("fire", fire::files),
    ("football", football::files),
    ("glasses", glasses::files),
    ("glasses3d", glasses3d::files),
    ("golden-hour", golden_hour::files),
    ("hat", hat::files),
    ("monkey-king", monkey_king::files),
    ("moretta", moretta::files),
    ("moustache", moustache::files),
    ("noir", noir::files),
    ("opera", opera::files),
    ("photo", photo::files),
    ("swap", swap::files),
];

/// The folders of all packs, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(name, _)| *name)
}

/// Draws what is in the folder of the pack `name`.
///
/// # Errors
/// [`Error::Pack`] if there is none of this name, and what goes wrong while it is drawn.
pub fn draw(name: &str, sources: &Sources) -> Result<Vec<File>, Error> {
    let (_, maker) = PACKS
        .iter()
        .find(|(it, _)| *it == name)
        .ok_or_else(|| Error::Pack {
            name: name.to_owned(),
        })?;
    maker(&Studio::new(sources)?)
}

fn file(path: &str, bytes: Vec<u8>) -> File {
    File {
        path: path.to_owned(),
        bytes,
    }
}

/// Where a landmark lies on the canonical face, in `FaceMm`.
fn landmark(index: usize) -> Vec3 {
    canonical::positions()[index].raw()
}

/// Where an anchor lies on the canonical face, in `FaceMm`.
fn anchor(anchor: Anchor) -> Vec3 {
    anchor_weights(anchor)
        .iter()
        .map(|(index, weight)| canonical_or_pupil(*index) * *weight)
        .sum()
}

/// The irises have no vertices: between the corners of their eyes.
fn canonical_or_pupil(index: u16) -> Vec3 {
    match index {
        0..468 => landmark(usize::from(index)),
        468..473 => (landmark(33) + landmark(133)) / 2.0,
        _ => (landmark(263) + landmark(362)) / 2.0,
    }
}

// Backgrounds of thumbnails.
const BLUE: Palette = [0xdcebf5, 0x7fa8cc];
const PLUM: Palette = [0xf0dfee, 0xa878a8];
const PEACH: Palette = [0xffeadb, 0xeba587];
const MINT: Palette = [0xe2f4ea, 0x7dbfa2];
const NIGHT: Palette = [0x4a4a78, 0x1a1a34];
const SAND: Palette = [0xf6ecd8, 0xcfae78];
const ROSE: Palette = [0xffe3ea, 0xe88aa4];
const WINE: Palette = [0xe7c3c3, 0x6e2235];
const EMBER: Palette = [0x5a3a38, 0x1d1316];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_once() {
        let names: Vec<_> = names().collect();
        assert!(names.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_pack_that_is_not_is_refused() {
        let sources = Sources::of_this_crate();
        assert!(matches!(draw("dog", &sources), Err(Error::Pack { .. })));
        assert!(draw("glasses", &sources).is_ok());
    }

    #[test]
    fn anchors_lie_where_the_face_has_them() {
        assert_eq!(anchor(Anchor::NoseTip), landmark(4));
        assert!(anchor(Anchor::HeadTop).y > 140.0);
        assert!(anchor(Anchor::PupilLeft).x > 25.0);
    }
}
