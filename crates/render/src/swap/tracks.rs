//! What swaps go by from one frame to the next: whose looks each face has, and what of whom is remembered, by slot.

use bytemuck::{Pod, Zeroable};
use moretta_geometry::canonical::VERTICES;
use moretta_pack::SwapSource;
use moretta_veil::{Access, Keep, VeilError};

use super::Swaps;
use super::atlas::{falling, rising};
use super::complexion::Scratch;
use super::front::{ALIKE, Past};
use super::other::{OF_FACE, Other};
use super::sight::Sight;
use crate::input::{FaceInput, MAX_FACES, Shot};
use crate::memory::provide;

/// Of a face that was lost: with more than this of its place covered its looks begin to fade, and with so much they have; and how far
/// its features must be where they were.
const SOME_LOST: f32 = 0.3;
const ALL_LOST: f32 = 0.6;
const LEAST_ALIKE: f32 = 0.3;
/// For how many frames in a row a face may be left out before what was remembered of it goes: because it is missing, or because
/// nothing swaps it.
const PATIENCE: u32 = 2;
/// A face that was lost longer ago than this, in seconds, is not looked for where it was. The tracker has forgotten it then.
const LONGEST_GAP_S: f32 = 1.0;

/// What is remembered of the swap in a slot. All zero is none.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Track {
    pub(super) id: u64,
    /// Whose looks it has: 0 if nobody's.
    pub(super) other: u64,
    /// 1 if it is known.
    pub(super) known: u32,
    /// [`OF_FACE`], [`OF_PHOTO`], or 0 for nobody's.
    pub(super) has: u32,
    /// For how many frames in a row it was left out.
    pub(super) missing: u32,
    /// For how long it has had these looks, in seconds.
    pub(super) age_s: f32,
    /// How much of them is seen in this frame, 0 to 1.
    pub(super) share: f32,
    /// The slot of the face whose looks it has.
    pub(super) other_slot: u32,
}

/// Whose looks are known in a slot. All zero is nobody's.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Seen {
    pub(super) id: u64,
    /// 1 if somebody's are known.
    pub(super) known: u32,
    /// For how many frames in a row it was left out.
    pub(super) missing: u32,
    pub(super) past: Past,
}

impl Swaps {
    /// Makes ready for a frame. Without a look that swaps, `wanted`, what was remembered goes, and where somebody else is in a slot
    /// now, what was remembered of who was there before.
    pub(crate) fn begin(
        &mut self,
        access: &Access<'_>,
        wanted: bool,
        by_slot: &[Option<FaceInput<'_>>; MAX_FACES],
    ) -> Result<(), VeilError> {
        let here = std::mem::take(&mut self.here);
        (self.read, self.noted) = (0, 0);
        let written = std::mem::take(&mut self.written);
        if !wanted {
            self.forget(access);
            return Ok(());
        }
        // For every slot, whoever is there: what an app is told of locked memory does not say how many faces there are.
        const ALL: usize = MAX_FACES * VERTICES;
        provide(access, &mut self.tracks, Keep::Track, MAX_FACES)?;
        provide(access, &mut self.seen, Keep::Track, MAX_FACES)?;
        provide(access, &mut self.settled, Keep::Track, ALL)?;
        provide(access, &mut self.known, Keep::Track, ALL)?;
        self.last.provide(access)?;
        provide(access, &mut self.scratch, Keep::Frame, Scratch::LEN)?;
        provide(access, &mut self.tones, Keep::Frame, ALL)?;
        provide(access, &mut self.fronts, Keep::Frame, ALL)?;
        self.used = true;
        let (Some(tracks), Some(settled)) = (&mut self.tracks, &mut self.settled) else {
            return Ok(());
        };
        let (Some(seen), Some(known)) = (&mut self.seen, &mut self.known) else {
            return Ok(());
        };
        let is_another = |slot: usize, id: u64| {
            by_slot[slot]
                .as_ref()
                .is_some_and(|face: &FaceInput<'_>| face.id != id)
        };
        for (slot, seen) in seen.view_mut(access).iter_mut().enumerate() {
            if seen.known == 0 {
                continue;
            }
            let missing = left_out(seen.missing, here >> slot & 1 == 1);
            if let Some(missing) = missing.filter(|_| !is_another(slot, seen.id)) {
                seen.missing = missing;
            } else {
                *seen = Zeroable::zeroed();
                known.view_mut(access)[slot * VERTICES..][..VERTICES].fill(Zeroable::zeroed());
                self.last.forget(access, slot);
            }
        }
        for (slot, track) in tracks.view_mut(access).iter_mut().enumerate() {
            if track.known == 0 {
                continue;
            }
            let missing = left_out(track.missing, written >> slot & 1 == 1);
            if let Some(missing) = missing.filter(|_| !is_another(slot, track.id)) {
                track.missing = missing;
            } else {
                *track = Zeroable::zeroed();
                settled.view_mut(access)[slot * VERTICES..][..VERTICES].fill([0.0; 4]);
            }
        }
        Ok(())
    }

    /// Takes note that the veil has wiped its buffers: the next frame begins as the first.
    pub(crate) fn start_over(&mut self) {
        self.used = false;
    }

    fn forget(&mut self, access: &Access<'_>) {
        if !self.used {
            return;
        }
        self.start_over();
        if let Some(tracks) = &mut self.tracks {
            tracks.view_mut(access).fill(Zeroable::zeroed());
        }
        if let Some(settled) = &mut self.settled {
            settled.view_mut(access).fill([0.0; 4]);
        }
        if let Some(seen) = &mut self.seen {
            seen.view_mut(access).fill(Zeroable::zeroed());
        }
        if let Some(known) = &mut self.known {
            known.view_mut(access).fill(Zeroable::zeroed());
        }
        (0..MAX_FACES).for_each(|slot| self.last.forget(access, slot));
    }

    /// Takes note of where a face is that swaps in this frame.
    pub(super) fn take_note(&mut self, access: &Access<'_>, face: Sight<'_>) {
        self.here |= 1 << face.slot;
        if self.noted >> face.slot & 1 == 0 {
            self.noted |= 1 << face.slot;
            self.last.see(access, face);
        }
    }

    /// The slot of the face whose looks `face` had and which was lost a moment ago, and for how many frames before this one.
    pub(super) fn lost(
        &self,
        access: &Access<'_>,
        shot: &Shot<'_>,
        by_slot: &[Option<FaceInput<'_>>; MAX_FACES],
        (face, source): (&FaceInput<'_>, SwapSource),
    ) -> Option<(usize, u32)> {
        let track = self.tracks.as_ref()?.view(access)[face.slot];
        let had = track.known == 1 && track.id == face.id && track.has == OF_FACE;
        if !had || shot.dt_s == 0.0 || shot.dt_s > LONGEST_GAP_S || source == SwapSource::Photo {
            return None;
        }
        let slot = track.other_slot as usize;
        let seen = &self.seen.as_ref()?.view(access)[slot];
        let is_known = seen.known == 1 && seen.id == track.other && by_slot[slot].is_none();
        // A frame in which there was no memory may have let go of some.
        let has_room = self.tones.is_some() && self.fronts.is_some();
        (is_known && has_room && self.last.is_of(access, slot, track.other)).then_some((slot, seen.missing))
    }

    /// How much a face that is mostly covered shows of another's looks, 0 to 1: with little to go by left, none of what may be a hand's.
    pub(super) fn in_sight(&self, access: &Access<'_>, slot: usize) -> f32 {
        let seen = self.seen.as_ref().map(|seen| seen.view(access)[slot]);
        seen.map_or(0.0, |seen| seen.past.open())
    }

    /// How much is to be seen of the looks of `other`, 0 to 1. Who was lost a moment ago fades, and whose place shows something else is
    /// gone.
    pub(super) fn still_there(&self, access: &Access<'_>, other: Other<'_>) -> f32 {
        let (Other::Face(face), Some(seen)) = (other, &self.seen) else {
            return 1.0;
        };
        let Some(missing) = face.lost else { return 1.0 };
        let past = seen.view(access)[face.slot].past;
        let fades = 1.0 - missing as f32 / (PATIENCE + 1) as f32;
        fades * falling(past.covered, SOME_LOST, ALL_LOST) * rising(past.alike, LEAST_ALIKE, ALIKE)
    }
}

/// For how many frames in a row a face was left out, if it was left out, or not, in the frame before; `None` if what is
/// remembered of it is to go.
fn left_out(missing: u32, was_there: bool) -> Option<u32> {
    let missing = if was_there { 0 } else { missing + 1 };
    (missing <= PATIENCE).then_some(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_forgotten_after_some_frames() {
        let mut missing = 0;
        for _ in 0..PATIENCE {
            missing = left_out(missing, false).unwrap();
        }
        assert_eq!(left_out(missing, true), Some(0));
        assert_eq!(left_out(missing, false), None);
    }
}
