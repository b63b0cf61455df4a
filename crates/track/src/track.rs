//! What is remembered of a face from frame to frame.

use bytemuck::{Pod, Zeroable};

use crate::roi::Roi;
use crate::smooth::Memory;

/// Frames further apart than this, in nanoseconds, do not follow each other: a second later another person may be in
/// the same place.
pub(crate) const LONGEST_GAP_NS: u64 = 1_000_000_000;

/// For so many frames a face may be missing and come back where it was under its id. It is sought in each of them and in
/// the one after; if it is not found in that one either, it is forgotten.
const MISSED_FRAMES: u32 = 2;

/// All zero is nobody.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Track {
    pub(crate) id: u64,
    /// The frame in which it began.
    pub(crate) since: u64,
    /// Where to look for it in the next frame.
    pub(crate) roi: Roi,
    life: u32,
    pub(crate) score: f32,
    /// How long ago it was seen, in nanoseconds.
    pub(crate) unseen_ns: u64,
    pub(crate) memory: Memory,
}

/// Values of [`Track::life`]: from `LOST` on it has been missing since one frame, two frames and so on.
const NOBODY: u32 = 0;
const FOLLOWED: u32 = 1;
const LOST: u32 = 2;

impl Track {
    pub(crate) const fn is_nobody(&self) -> bool {
        self.life == NOBODY
    }

    pub(crate) const fn is_followed(&self) -> bool {
        self.life == FOLLOWED
    }

    pub(crate) const fn is_lost(&self) -> bool {
        self.life >= LOST
    }

    /// For how many frames it has been missing, this one included.
    pub(crate) const fn missing(&self) -> u32 {
        self.life.saturating_sub(FOLLOWED)
    }

    pub(crate) const fn follow(&mut self) {
        self.life = FOLLOWED;
    }

    pub(crate) const fn lose(&mut self) {
        self.life = LOST;
    }

    pub(crate) fn end(&mut self) {
        bytemuck::write_zeroes(self);
    }

    /// Begins a frame, `dt_ns` nanoseconds after the one before. Who has been missing for longer than
    /// [`LONGEST_GAP_NS`] then is forgotten.
    pub(crate) fn begin_frame(&mut self, dt_ns: u64) {
        if self.is_nobody() {
            return;
        }
        self.unseen_ns = self.unseen_ns.saturating_add(dt_ns);
        if self.is_lost() && self.unseen_ns > LONGEST_GAP_NS {
            self.end();
        }
    }

    /// Ends a frame. Who is missing and has been for [`MISSED_FRAMES`] before is forgotten.
    pub(crate) fn end_frame(&mut self) {
        if self.missing() > MISSED_FRAMES {
            self.end();
        } else if self.is_lost() {
            self.life += 1;
        }
    }

    /// Lets it go on as it was before, if what was tried as this one was nobody.
    pub(crate) const fn take_back(&mut self, before: Standing) {
        (self.life, self.roi, self.unseen_ns) = (before.life, before.roi, before.unseen_ns);
    }

    pub(crate) const fn standing(&self) -> Standing {
        Standing {
            life: self.life,
            roi: self.roi,
            unseen_ns: self.unseen_ns,
        }
    }
}

/// What [`Track::take_back`] restores.
pub(crate) struct Standing {
    life: u32,
    roi: Roi,
    unseen_ns: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT_NS: u64 = 33_000_000;

    /// A track of which no byte is zero that may be something else.
    fn followed() -> Box<Track> {
        let mut track: Box<Track> = bytemuck::zeroed_box();
        bytemuck::bytes_of_mut(&mut *track).fill(0x5a);
        track.unseen_ns = 0;
        track.follow();
        track
    }

    fn is_wiped(track: &Track) -> bool {
        bytemuck::bytes_of(track).iter().all(|byte| *byte == 0)
    }

    #[test]
    fn who_is_missing_is_forgotten_to_the_last_byte_after_two_frames() {
        let mut track = followed();
        track.lose();
        for missing in 1..=MISSED_FRAMES {
            assert_eq!(track.missing(), missing);
            track.end_frame();
            assert!(track.is_lost() && track.id != 0, "missing for {missing}");
            track.begin_frame(DT_NS);
        }
        track.end_frame();
        assert!(is_wiped(&track));
        assert!(track.is_nobody());
    }

    #[test]
    fn who_is_missing_for_a_second_is_forgotten_before_that() {
        for (dt_ns, kept) in [(LONGEST_GAP_NS, true), (LONGEST_GAP_NS + 1, false)] {
            let mut track = followed();
            track.lose();
            track.end_frame();
            track.begin_frame(dt_ns);
            assert_eq!(is_wiped(&track), !kept);
        }
    }

    #[test]
    fn who_is_followed_is_never_forgotten() {
        let mut track = followed();
        for _ in 0..10 {
            track.begin_frame(LONGEST_GAP_NS);
            track.end_frame();
        }
        assert!(track.is_followed() && track.missing() == 0);
        assert_eq!(
            track.unseen_ns,
            10 * LONGEST_GAP_NS,
            "nobody said that it was seen"
        );
    }

    #[test]
    fn nobody_stays_nobody() {
        let mut track: Box<Track> = bytemuck::zeroed_box();
        track.begin_frame(DT_NS);
        track.end_frame();
        assert!(is_wiped(&track));
    }
}
