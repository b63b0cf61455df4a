//! When which detector looks.

use crate::Range;

/// While some faces are followed and fewer than wanted, a detector looks every so many frames. At 30 frames a second
/// a newcomer waits a sixth of a second, or a third if only the full range sees him; the detectors' cost is a tenth
/// each.
const REST_FRAMES: u64 = 5;

/// Which lost faces there are, by how large they were; one may be both.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lost {
    /// One that the short range may see.
    pub(crate) near: bool,
    /// One that the short range may not see.
    pub(crate) far: bool,
}

/// Faces whose square is at least so large, in longer sides of the frame, may be seen by the short range, and those up to
/// [`LARGEST_FAR`] may not. It sees faces from some 12 % of the frame's width, which have squares of some 0.23: both
/// bounds leave room for faces that are turned.
const SMALLEST_NEAR: f32 = 0.19;
const LARGEST_FAR: f32 = 0.29;

impl Lost {
    /// Takes note of a lost face whose square was `share` of the frame's longer side.
    pub(crate) fn add(&mut self, share: f32) {
        self.near |= share >= SMALLEST_NEAR;
        self.far |= share <= LARGEST_FAR;
    }

    const fn any(self) -> bool {
        self.near || self.far
    }
}

/// What is known when a frame's followed faces have been measured.
#[derive(Clone, Copy)]
pub(crate) struct Situation {
    /// Frames since the first, or since time jumped.
    pub(crate) frame: u64,
    /// Faces that are followed.
    pub(crate) followed: usize,
    /// Those lost in this frame or a moment ago, and not found again.
    pub(crate) lost: Lost,
}

/// Which detectors look, in this order. The full range looks only if a place is still free then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Looks {
    pub(crate) short: bool,
    pub(crate) full: bool,
}

impl Range {
    /// Which detectors look for more faces than are followed.
    ///
    /// It depends on the number of the frame and on this frame alone, so that nothing about faces needs remembering. With
    /// no face followed each frame is looked at, and with both detectors within two. A lost face is sought by the detector
    /// that sees its size, in the frame that lost it and in each until it is forgotten: that bounds what a loss costs.
    pub(crate) const fn looks(self, situation: Situation) -> Looks {
        let Situation {
            frame,
            followed,
            lost,
        } = situation;
        let due = frame.is_multiple_of(REST_FRAMES);
        let (short, full) = if followed == 0 {
            (true, lost.far || frame.is_multiple_of(2))
        } else {
            let full_turn = (frame / REST_FRAMES) % 2 == 1;
            (lost.near || (due && !full_turn), lost.far || (due && full_turn))
        };
        match self {
            Self::Short => Looks {
                short: followed == 0 || lost.any() || due,
                full: false,
            },
            Self::Full => Looks {
                short: false,
                full: followed == 0 || lost.any() || due,
            },
            Self::Auto => Looks { short, full },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Lost = Lost {
        near: false,
        far: false,
    };

    fn of_share(share: f32) -> Lost {
        let mut lost = NONE;
        lost.add(share);
        lost
    }

    fn looks(range: Range, frames: u64, followed: usize, lost: Lost) -> (usize, usize) {
        let all = (0..frames).map(|frame| {
            range.looks(Situation {
                frame,
                followed,
                lost,
            })
        });
        all.fold((0, 0), |(short, full), looks| {
            (short + usize::from(looks.short), full + usize::from(looks.full))
        })
    }

    #[test]
    fn without_a_face_each_frame_is_looked_at() {
        assert_eq!(looks(Range::Auto, 20, 0, NONE), (20, 10));
        assert_eq!(looks(Range::Short, 20, 0, NONE), (20, 0));
        assert_eq!(looks(Range::Full, 20, 0, NONE), (0, 20));
        let first = Range::Auto.looks(Situation {
            frame: 0,
            followed: 0,
            lost: NONE,
        });
        assert_eq!(
            first,
            Looks {
                short: true,
                full: true
            },
            "a still picture is looked at with both"
        );
    }

    #[test]
    fn with_a_face_the_cost_is_bounded() {
        assert_eq!(looks(Range::Auto, 20, 1, NONE), (2, 2));
        assert_eq!(looks(Range::Short, 20, 1, NONE), (4, 0));
        assert_eq!(looks(Range::Full, 20, 1, NONE), (0, 4));
    }

    #[test]
    fn a_lost_face_is_sought_at_once_by_whom_can_see_it() {
        let (near, far, between) = (of_share(0.4), of_share(0.1), of_share(0.25));
        assert_eq!(looks(Range::Auto, 20, 1, near), (20, 2));
        assert_eq!(looks(Range::Auto, 20, 1, far), (2, 20));
        assert_eq!(looks(Range::Auto, 20, 1, between), (20, 20));
        assert_eq!(
            looks(Range::Auto, 20, 0, near),
            (20, 10),
            "as if nobody had been there"
        );
        assert_eq!(looks(Range::Auto, 20, 0, far), (20, 20));
        for lost in [near, far, between] {
            assert_eq!(looks(Range::Short, 20, 1, lost), (20, 0), "there is no other");
            assert_eq!(looks(Range::Full, 20, 1, lost), (0, 20), "there is no other");
        }
    }

    #[test]
    fn a_face_of_any_size_is_sought_by_somebody() {
        for hundredth in 0..200 {
            assert!(of_share(hundredth as f32 / 100.0).any());
        }
    }
}
