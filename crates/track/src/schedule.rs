//! When which detector looks.

use crate::Range;

/// While some faces are followed and fewer than wanted, a detector looks every so many frames. At 30 frames a second
/// a newcomer waits a sixth of a second, or a third if only the full range sees him; the detectors' cost is a tenth
/// each.
const REST_FRAMES: u64 = 5;

/// What is known when a frame's followed faces have been measured.
#[derive(Clone, Copy)]
pub(crate) struct Situation {
    /// Frames since the first, or since time jumped.
    pub(crate) frame: u64,
    /// Faces that are followed.
    pub(crate) followed: usize,
    /// Whether one was lost, in this frame or a moment ago.
    pub(crate) lost: bool,
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
    /// no face followed each frame is looked at, and with both detectors within two.
    pub(crate) const fn looks(self, situation: Situation) -> Looks {
        let Situation {
            frame,
            followed,
            lost,
        } = situation;
        let due = frame.is_multiple_of(REST_FRAMES);
        let (short, full) = if followed == 0 {
            (true, frame.is_multiple_of(2))
        } else {
            let full_turn = (frame / REST_FRAMES) % 2 == 1;
            (lost || (due && !full_turn), due && full_turn)
        };
        match self {
            Self::Short => Looks {
                short: followed == 0 || lost || due,
                full: false,
            },
            Self::Full => Looks {
                short: false,
                full: followed == 0 || lost || due,
            },
            Self::Auto => Looks { short, full },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(range: Range, frames: u64, followed: usize, lost: bool) -> (usize, usize) {
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
        assert_eq!(looks(Range::Auto, 20, 0, false), (20, 10));
        assert_eq!(looks(Range::Short, 20, 0, false), (20, 0));
        assert_eq!(looks(Range::Full, 20, 0, false), (0, 20));
        let first = Range::Auto.looks(Situation {
            frame: 0,
            followed: 0,
            lost: false,
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
        assert_eq!(looks(Range::Auto, 20, 1, false), (2, 2));
        assert_eq!(looks(Range::Short, 20, 1, false), (4, 0));
        assert_eq!(looks(Range::Full, 20, 1, false), (0, 4));
    }

    #[test]
    fn a_lost_face_is_sought_at_once() {
        assert_eq!(looks(Range::Auto, 20, 1, true), (20, 2));
        assert_eq!(looks(Range::Short, 20, 1, true), (20, 0));
        assert_eq!(looks(Range::Full, 20, 1, true), (0, 20));
    }
}
