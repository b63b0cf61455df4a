//! How a frame's numbers lie in one buffer, in staging memory and on the device alike.

use moretta_geometry::canonical;

use crate::effect::Needs;
use crate::numbers::{Look, Picture, Skin, Swap, UNIFORM_STRIDE};

/// How many places a picture can go to at once.
pub(crate) const MAX_TARGETS: usize = 4;

/// Bytes of a face's landmarks as vertices.
const SKIN_BYTES: u64 = canonical::VERTICES as u64 * Skin::STRIDE;
/// Bytes of the same with another face's looks.
const SWAP_BYTES: u64 = canonical::VERTICES as u64 * Swap::STRIDE;

/// Where which numbers begin, in bytes. Of each kind there is one for each item of the look with the most and, within
/// that, one for each face, whichever look it wears; of pictures and fours of numbers another one for the frame.
///
/// 1. The camera's buffer and the frame.
/// 2. What is presented where.
/// 3. Heads, props, pictures, fours of numbers.
/// 4. Landmarks, face by face, last: of few faces only the front of the block is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    needs: Needs,
    faces: u64,
    heads: u64,
    props: u64,
    pictures: u64,
    looks: u64,
    skins: u64,
    /// Bytes of a face's landmarks, in all the ways that they are needed.
    meshes: u64,
    end: u64,
}

impl Block {
    /// For `faces` faces at most, at least one.
    pub(crate) fn new(needs: Needs, faces: usize) -> Self {
        let faces = faces.max(1) as u64;
        let heads = 3 * UNIFORM_STRIDE;
        let props = heads + if needs.heads { faces * UNIFORM_STRIDE } else { 0 };
        let pictures = props + needs.props * faces * UNIFORM_STRIDE;
        let looks = pictures + needs.pictures * (faces + 1) * Picture::STRIDE;
        let skins = looks + needs.looks * (faces + 1) * Look::STRIDE;
        let bytes = |needed, bytes| if needed { bytes } else { 0 };
        let meshes = bytes(needs.skin, SKIN_BYTES) + bytes(needs.swap, SWAP_BYTES);
        let end = skins + faces * meshes;
        Self {
            needs,
            faces,
            heads,
            props,
            pictures,
            looks,
            skins,
            meshes,
            end: end.next_multiple_of(UNIFORM_STRIDE),
        }
    }

    /// What there is room for.
    pub(crate) fn needs(&self) -> Needs {
        self.needs
    }

    /// How many faces there is room for.
    pub(crate) fn faces(&self) -> usize {
        self.faces as usize
    }

    /// The place of the frame's own pictures and fours of numbers, beside those of faces.
    pub(crate) fn frame(&self) -> usize {
        self.faces as usize
    }

    pub(crate) const SENSOR: u64 = 0;
    pub(crate) const FRAME: u64 = UNIFORM_STRIDE;

    /// Of the target at a place.
    pub(crate) fn target(target: usize) -> u64 {
        const { assert!(MAX_TARGETS as u64 * Look::STRIDE <= UNIFORM_STRIDE) };
        2 * UNIFORM_STRIDE + target as u64 * Look::STRIDE
    }

    /// Of a face, by its place among those that are drawn.
    pub(crate) fn head(&self, face: usize) -> u64 {
        self.heads + face as u64 * UNIFORM_STRIDE
    }

    /// Of the prop at `place` on a face.
    pub(crate) fn prop(&self, place: u64, face: usize) -> u64 {
        self.props + (place * self.faces + face as u64) * UNIFORM_STRIDE
    }

    /// Of the picture at `place` on a face, or on the [frame](Self::frame).
    pub(crate) fn picture(&self, place: u64, face: usize) -> u64 {
        self.pictures + (place * (self.faces + 1) + face as u64) * Picture::STRIDE
    }

    /// Of the four numbers at `place` of a face, or of the [frame](Self::frame).
    pub(crate) fn look(&self, place: u64, face: usize) -> u64 {
        self.looks + (place * (self.faces + 1) + face as u64) * Look::STRIDE
    }

    /// Of a face's landmarks.
    pub(crate) fn skin(&self, face: usize) -> u64 {
        self.skins + face as u64 * self.meshes
    }

    /// Of a face's landmarks, from its first byte to behind its last.
    pub(crate) fn whole_skin(&self, face: usize) -> core::ops::Range<u64> {
        let start = self.skin(face);
        start..start + SKIN_BYTES
    }

    /// Of a face's landmarks with another face's looks.
    pub(crate) fn swap(&self, face: usize) -> u64 {
        self.skin(face) + if self.needs.skin { SKIN_BYTES } else { 0 }
    }

    /// Of the same, from its first byte to behind its last.
    pub(crate) fn whole_swap(&self, face: usize) -> core::ops::Range<u64> {
        let start = self.swap(face);
        start..start + SWAP_BYTES
    }

    /// Where everything ends.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Where everything ends in a frame with `faces` faces.
    pub(crate) fn used(&self, faces: usize) -> u64 {
        if self.meshes > 0 {
            self.skin(faces).next_multiple_of(4).min(self.end)
        } else {
            self.end
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps() {
        let needs = Needs {
            skin: true,
            swap: true,
            heads: true,
            props: 2,
            pictures: 3,
            looks: 5,
        };
        let block = Block::new(needs, 4);
        let mut parts = vec![(Block::SENSOR, UNIFORM_STRIDE), (Block::FRAME, UNIFORM_STRIDE)];
        parts.extend((0..MAX_TARGETS).map(|target| (Block::target(target), Look::STRIDE)));
        for face in 0..4 {
            parts.push((block.head(face), UNIFORM_STRIDE));
            parts.push((block.skin(face), SKIN_BYTES));
            parts.push((block.swap(face), SWAP_BYTES));
            parts.extend((0..2).map(|place| (block.prop(place, face), UNIFORM_STRIDE)));
        }
        for face in (0..4).chain([block.frame()]) {
            parts.extend((0..3).map(|place| (block.picture(place, face), Picture::STRIDE)));
            parts.extend((0..5).map(|place| (block.look(place, face), Look::STRIDE)));
        }
        parts.sort_unstable();
        for pair in parts.windows(2) {
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?}");
        }
        let (start, len) = parts[parts.len() - 1];
        assert!(start + len <= block.end());
        assert_eq!(block.used(4), (start + len).next_multiple_of(4));
        assert_eq!(block.used(0), block.skin(0));
        for uniform in [block.head(1), block.prop(1, 3)] {
            assert_eq!(uniform % UNIFORM_STRIDE, 0);
        }
    }

    #[test]
    fn an_effect_without_faces_is_short() {
        let block = Block::new(Needs::default(), 0);
        assert_eq!(block.end(), 3 * UNIFORM_STRIDE);
        assert_eq!(block.used(0), block.end());
    }
}
