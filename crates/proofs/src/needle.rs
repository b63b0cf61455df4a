//! What to look for in memory, and finding it.
//!
//! Needles are kept masked, so that whoever looks for them does not hold them.

use std::hint::black_box;

const MASK: u8 = 0xA5;

/// What a needle is a piece of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// Sixteen bytes of a camera picture.
    Pixels,
    /// A landmark: x and y as the detector or network, the smoothing or the pose gives them.
    Landmark,
    /// What is remembered of a face from frame to frame.
    State,
    /// A landmark as decimal text, as a careless message would hold it.
    Text,
    /// Sixteen bytes of the donor's picture.
    Donor,
    /// What a library keeps of a landmark in memory of its own, as long as its thread lives.
    Scratch,
    /// Four values of what a network is shown.
    Crop,
    /// Four values within a network, as an operator gives them.
    Activation,
    /// Four values that a network says.
    Output,
    /// Four blendshape coefficients.
    Blendshape,
    /// Where a head is and how it is turned.
    Pose,
    /// What is kept of a donor's face: where a landmark is without the head's movement.
    Sitter,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Kind; 12] = [
        Kind::Pixels,
        Kind::Landmark,
        Kind::State,
        Kind::Text,
        Kind::Donor,
        Kind::Scratch,
        Kind::Crop,
        Kind::Activation,
        Kind::Output,
        Kind::Blendshape,
        Kind::Pose,
        Kind::Sitter,
    ];
}

/// Bytes to look for, masked.
#[derive(Clone)]
pub struct Needle {
    /// What it is a piece of.
    pub kind: Kind,
    /// The bytes, each XOR the mask.
    masked: Vec<u8>,
    /// Where it can lie: multiples of this.
    align: usize,
}

impl Needle {
    /// A needle of bytes that can lie at multiples of `align`. They come one at a time, so that they are never in one
    /// place.
    pub(crate) fn new(kind: Kind, align: usize, bytes: impl IntoIterator<Item = u8>) -> Needle {
        let masked = bytes.into_iter().map(|byte| black_box(byte ^ MASK)).collect();
        Needle { kind, masked, align }
    }

    /// A needle of numbers that lie next to each other.
    pub(crate) fn of_numbers(kind: Kind, numbers: impl IntoIterator<Item = f32>) -> Needle {
        let bytes = numbers.into_iter().flat_map(f32::to_ne_bytes);
        Needle::new(kind, align_of::<f32>(), bytes)
    }

    /// The bytes, masked.
    #[cfg(test)]
    pub(crate) fn masked(&self) -> &[u8] {
        &self.masked
    }

    /// The pair of bytes that it starts with, in the open.
    fn start(&self) -> usize {
        pair(self.masked[0] ^ MASK, self.masked[1] ^ MASK)
    }
}

fn pair(a: u8, b: u8) -> usize {
    usize::from(a) << 8 | usize::from(b)
}

/// Needles by the two bytes that they start with, so that nearly every place is passed over at once.
struct Index {
    /// Where in `order` the needles with a start lie: from its entry to the next.
    starts: Vec<usize>,
    order: Vec<usize>,
}

impl Index {
    fn new(needles: &[Needle]) -> Index {
        let mut starts = vec![0; (1 << 16) + 1];
        for needle in needles {
            starts[needle.start() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut order: Vec<usize> = (0..needles.len()).collect();
        order.sort_by_key(|at| needles[*at].start());
        Index { starts, order }
    }

    fn at(&self, pair: usize) -> &[usize] {
        &self.order[self.starts[pair]..self.starts[pair + 1]]
    }
}

/// Counts the needles in `hay`, by kind, without unmasking one. `hay` starts at a multiple of 16.
pub fn count(hay: &[u8], needles: &[Needle], mut found: impl FnMut(Kind)) {
    let index = Index::new(needles);
    for (at, two) in hay.windows(2).enumerate() {
        for needle in index.at(pair(two[0], two[1])) {
            let needle = &needles[*needle];
            let there = hay[at..].iter().take(needle.masked.len());
            let fits = at.is_multiple_of(needle.align) && there.len() == needle.masked.len();
            if fits && there.zip(&needle.masked).all(|(h, n)| h ^ MASK == *n) {
                found(needle.kind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needles_are_found_where_they_can_lie_and_nowhere_else() {
        let bytes = [7, 8, 9, 10, 11];
        let needles = [
            Needle::new(Kind::Pixels, 1, bytes),
            Needle::new(Kind::Crop, 4, bytes),
            Needle::of_numbers(Kind::Pose, [1.5, -2.25]),
        ];
        let mut hay = vec![7; 64];
        let counted = |hay: &[u8]| {
            let mut counts = [0; 3];
            count(hay, &needles, |kind| match kind {
                Kind::Pixels => counts[0] += 1,
                Kind::Crop => counts[1] += 1,
                _ => counts[2] += 1,
            });
            counts
        };
        assert_eq!(counted(&hay), [0, 0, 0]);
        hay[5..10].copy_from_slice(&bytes);
        assert_eq!(counted(&hay), [1, 0, 0]);
        hay[8..13].copy_from_slice(&bytes);
        assert_eq!(counted(&hay), [1, 1, 0], "one lies over the other");
        hay[20..24].copy_from_slice(&1.5f32.to_ne_bytes());
        hay[24..28].copy_from_slice(&(-2.25f32).to_ne_bytes());
        assert_eq!(counted(&hay), [1, 1, 1]);
        assert_eq!(counted(&hay[..27]), [1, 1, 0], "cut short");
        assert_eq!(counted(&[]), [0, 0, 0]);
    }
}
