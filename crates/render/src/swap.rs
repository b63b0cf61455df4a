//! Another face's looks on a face: whose, how its colours become those of the face, and where it is left out.
//!
//! No picture is unwrapped and none is made in between. The face's own mesh is drawn once, where the face is; its texture is
//! the camera's picture, which is on the device anyway, and its texture coordinates are where the *other* face is in it. With
//! a photo they are where the face is in that: see [`donor`](crate::donor).
//! What is worked out here are a few numbers a vertex:
//!
//! 1. [`complexion`]: what the skin of both looks like at each vertex, and where there is something else.
//! 2. The gain that brings the other's colour to the face's, where both are skin, spread over the rest: [`spread`].
//! 3. How much is seen: nothing where hair hangs before the face, or before the other's; where a face is turned away; where
//!    the other shows no skin on either side. Where the other's cheek is hidden, its other cheek is taken.
//! 4. Both follow over time, so that nothing flickers.
//! 5. [`front`]: what is in front of the face, a hand for example, from how it looked before.
//! 6. [`shape`]: where the face's vertices go if it takes on the other's shape and expression.
//!
//! All of it lies in face memory.

pub(crate) mod atlas;
pub(crate) mod complexion;
mod even;
mod front;
mod glasses;
mod known;
pub(crate) mod shape;
mod sight;
mod spread;

use bytemuck::{Pod, Zeroable, bytes_of};
use glam::{Vec2, Vec3, Vec4};
use moretta_frame::FrameView;
use moretta_geometry::FacePose;
use moretta_geometry::canonical::VERTICES;
use moretta_pack::SwapSource;
use moretta_veil::{Access, FaceBuffer, Keep, VeilError};

use crate::block::Block;
use crate::donor::Sitter;
use crate::input::{FaceInput, MAX_FACES, Shot};
use crate::memory::{grow, provide};
use crate::numbers::Swap;
use crate::staging::Writer;
use atlas::{Atlas, falling, rising};
use complexion::{Scratch, Tone};
use front::{ALIKE, Front, Lapse, Past};
use known::Known;
use shape::Bend;
use sight::{Last, Sight};

/// What the gain's hue counts inside, beside a light that counts `spot.hem`: the shading is the other's, and the hue the
/// face's own. A camera's noise and its balance between sun and shade are hue, and a gain for darker skin multiplies them. Eyes, lips
/// and brows, which have a hue by themselves, count 1, which is half way.
const HUE: f32 = 2.0;

/// Of a face that was lost: with more than this of its place covered its looks begin to fade, and with so much they have; and how far
/// its features must be where they were.
const SOME_LOST: f32 = 0.3;
const ALL_LOST: f32 = 0.6;
const LEAST_ALIKE: f32 = 0.3;
/// For how many frames in a row a face may be left out before what was remembered of it goes: because it is missing, or because
/// nothing swaps it.
const PATIENCE: u32 = 2;
/// How long gains and shares take to follow, in seconds: longer than the noise of a camera, shorter than a hand.
const FOLLOW_S: f32 = 0.12;
/// How long another's looks take to come, in seconds.
const COME_S: f32 = 0.25;
/// Nothing is made more than 16 times brighter or darker, as a logarithm, which is more than there is between the palest and the darkest
/// skin in one light, and no colour more than 4.5 times as much beside.
const MOST_GAIN: f32 = 2.77;
const MOST_HUE: f32 = 1.5;

/// What swaps remember, and what they need while a frame is written.
#[derive(Default)]
pub(crate) struct Swaps {
    tracks: Option<FaceBuffer<Track>>,
    /// Gain and share of each vertex, by slot, as they are by now.
    settled: Option<FaceBuffer<[f32; 4]>>,
    /// Who was seen, by slot, and how each of its vertices looked.
    seen: Option<FaceBuffer<Seen>>,
    known: Option<FaceBuffer<Known>>,
    last: Last,
    /// The skin of each vertex, by slot, and what is in front of it.
    tones: Option<FaceBuffer<Tone>>,
    fronts: Option<FaceBuffer<Front>>,
    scratch: Option<FaceBuffer<[f32; 4]>>,
    /// A bit for each slot whose face swaps in this frame, for each of which it is noted where it is, for each whose skin was read, and for
    /// each whose swap was written.
    here: u16,
    noted: u16,
    read: u16,
    written: u16,
    /// Whether there may be something to forget.
    used: bool,
}

/// What is remembered of the swap in a slot. All zero is none.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Track {
    id: u64,
    /// Whose looks it has: 0 if nobody's.
    other: u64,
    /// 1 if it is known.
    known: u32,
    /// [`OF_FACE`], [`OF_PHOTO`], or 0 for nobody's.
    has: u32,
    /// For how many frames in a row it was left out.
    missing: u32,
    /// For how long it has had these looks, in seconds.
    age_s: f32,
    /// How much of them is seen in this frame, 0 to 1.
    share: f32,
    /// The slot of the face whose looks it has.
    other_slot: u32,
}

/// Whose looks are known in a slot. All zero is nobody's.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Seen {
    id: u64,
    /// 1 if somebody's are known.
    known: u32,
    /// For how many frames in a row it was left out.
    missing: u32,
    past: Past,
}

/// A face that was lost longer ago than this, in seconds, is not looked for where it was. The tracker has forgotten it then.
const LONGEST_GAP_S: f32 = 1.0;

/// For how many frames in a row a face was left out, if it was left out, or not, in the frame before; `None` if what is
/// remembered of it is to go.
fn left_out(missing: u32, was_there: bool) -> Option<u32> {
    let missing = if was_there { 0 } else { missing + 1 };
    (missing <= PATIENCE).then_some(missing)
}

/// Who has a face's looks, and who a photo's, in [`Track::has`].
const OF_FACE: u32 = 1;
const OF_PHOTO: u32 = 2;

/// Whose looks a face takes on.
#[derive(Clone, Copy)]
enum Other<'a> {
    /// A face of the same frame, or one that was there a moment ago.
    Face(Sight<'a>),
    /// The face of a photo, and the photo's name.
    Donor(u64, &'a Sitter),
}

impl Other<'_> {
    /// As [`Track`] has it.
    fn name(self) -> (u32, u64) {
        match self {
            Self::Face(face) => (OF_FACE, face.id),
            Self::Donor(key, _) => (OF_PHOTO, key),
        }
    }

    fn turned(self) -> f32 {
        match self {
            Self::Face(face) => face.turned,
            Self::Donor(_, sitter) => sitter.turned,
        }
    }

    /// Its skin, vertex by vertex; `tones` holds that of the frame's faces, by slot.
    fn tones<'t>(&self, tones: &'t [Tone]) -> &'t [Tone]
    where
        Self: 't,
    {
        match self {
            Self::Face(face) => &tones[face.slot * VERTICES..][..VERTICES],
            Self::Donor(_, sitter) => &sitter.tones,
        }
    }

    /// Where a vertex is in the picture that its looks come from, 0 to 1 from the top-left.
    fn uv(self, vertex: usize, size_px: Vec2) -> Vec2 {
        let place = match self {
            Self::Face(face) => face.place(vertex) / size_px,
            Self::Donor(_, sitter) => Vec2::from(sitter.places[vertex]),
        };
        place.clamp(Vec2::ZERO, Vec2::ONE)
    }

    /// Where a vertex is when its head's movement and size are taken out.
    fn resting(self, vertex: usize) -> Vec3 {
        match self {
            Self::Face(face) => face.resting(vertex),
            Self::Donor(_, sitter) => Vec3::from(sitter.resting[vertex]),
        }
    }
}

/// Where the numbers of a swap go: to which face of the block.
#[derive(Clone, Copy)]
pub(crate) struct To {
    pub(crate) block: Block,
    pub(crate) place: usize,
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
        // By slot: as many as the highest one asks for.
        let highest = by_slot.iter().rposition(Option::is_some);
        let slots = highest.map_or(1, |slot| slot + 1);
        let vertices = slots * VERTICES;
        provide(access, &mut self.tracks, Keep::Track, MAX_FACES)?;
        provide(access, &mut self.seen, Keep::Track, MAX_FACES)?;
        grow(access, &mut self.settled, Keep::Track, vertices)?;
        grow(access, &mut self.known, Keep::Track, vertices)?;
        self.last.provide(access, slots)?;
        provide(access, &mut self.scratch, Keep::Frame, Scratch::LEN)?;
        provide(access, &mut self.tones, Keep::Frame, vertices)?;
        provide(access, &mut self.fronts, Keep::Frame, vertices)?;
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

    /// Writes the numbers of `face` with the looks of another, and says how much of them is to be seen: nothing where there
    /// is no other.
    ///
    /// `donor` is the photo that the face's slot was given, if any. A face takes on the looks of one other in a frame: of a
    /// face, or of a photo.
    pub(crate) fn put(
        &mut self,
        access: &Access<'_>,
        atlas: &Atlas,
        shot: &Shot<'_>,
        (by_slot, donor): (&[Option<FaceInput<'_>>; MAX_FACES], Option<(u64, &Sitter)>),
        (face, source, bend): (&FaceInput<'_>, SwapSource, Bend),
        (to, writer): (To, &mut Writer),
    ) -> f32 {
        let there = other(by_slot, donor, face.slot, source);
        let lost = self.lost(access, shot, by_slot, (face, source));
        let last = std::mem::take(&mut self.last);
        let other = match lost {
            Some((slot, missing)) => last.sight(access, slot, missing).map(Other::Face),
            None => there,
        };
        let (has, _) = other.map_or((0, 0), Other::name);
        let share = self.put_on(access, atlas, shot, (face, other, bend), (to, writer));
        self.last = last;
        match has {
            OF_FACE => {
                self.take_note(access, Sight::of(face));
                if let (None, Some(Other::Face(there))) = (lost, there) {
                    self.take_note(access, there);
                }
            }
            OF_PHOTO => {
                self.here |= 1 << face.slot;
                // Who is lost does not give a photo's looks.
                if self.noted >> face.slot & 1 == 0 {
                    self.last.forget(access, face.slot);
                }
            }
            _ => {}
        }
        share
    }

    /// Takes note of where a face is that swaps in this frame.
    fn take_note(&mut self, access: &Access<'_>, face: Sight<'_>) {
        self.here |= 1 << face.slot;
        if self.noted >> face.slot & 1 == 0 {
            self.noted |= 1 << face.slot;
            self.last.see(access, face);
        }
    }

    /// The slot of the face whose looks `face` had and which was lost a moment ago, and for how many frames before this one.
    fn lost(
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
        let end = (slot + 1) * VERTICES;
        let has_room = self.tones.as_ref()?.len() >= end && self.fronts.as_ref()?.len() >= end;
        (is_known && has_room && self.last.is_of(access, slot, track.other)).then_some((slot, seen.missing))
    }

    fn put_on(
        &mut self,
        access: &Access<'_>,
        atlas: &Atlas,
        shot: &Shot<'_>,
        (face, other, bend): (&FaceInput<'_>, Option<Other<'_>>, Bend),
        (to, writer): (To, &mut Writer),
    ) -> f32 {
        let (has, name) = other.map_or((0, 0), Other::name);
        let Some(tracks) = &mut self.tracks else {
            return 0.0;
        };
        let track = &mut tracks.view_mut(access)[face.slot];
        if self.written >> face.slot & 1 == 1 {
            return if track.has == has { track.share } else { 0.0 };
        }
        self.written |= 1 << face.slot;
        let fresh = track.known == 0 || track.id != face.id;
        let stays = !fresh && has != 0 && (track.has, track.other) == (has, name);
        // In a first frame, or a still, everything is there at once.
        let still = shot.dt_s == 0.0;
        track.age_s = match (stays, still) {
            (true, _) => (track.age_s + shot.dt_s).min(COME_S),
            (false, true) => COME_S,
            (false, false) => 0.0,
        };
        if fresh && let Some(settled) = &mut self.settled {
            // Somebody else's.
            settled.view_mut(access)[face.slot * VERTICES..][..VERTICES].fill([0.0; 4]);
        }
        track.known = 1;
        track.id = face.id;
        (track.has, track.other) = (has, name);
        if let Some(Other::Face(other)) = other {
            track.other_slot = other.slot as u32;
        }
        track.share = 0.0;
        let age_s = track.age_s;
        let Some(other) = other else { return 0.0 };
        self.read(access, atlas, shot, Sight::of(face));
        if let Other::Face(other) = other {
            self.read(access, atlas, shot, other);
        }
        let turned = turned(face.pose) * other.turned();
        let there = self.still_there(access, other);
        let come = if age_s >= COME_S {
            1.0
        } else {
            rising(age_s, 0.0, COME_S)
        };
        let follow = if stays && !still {
            1.0 - (-shot.dt_s / FOLLOW_S).exp()
        } else {
            1.0
        };
        let skin = self.settle(access, atlas, (face.slot, other), follow);
        let share = turned * come * skin * there * self.in_sight(access, face.slot);
        // As much of the shape as of the looks, so that neither jumps.
        let bend = Bend {
            shape: bend.shape * share,
            expression: bend.expression * share,
        };
        self.bend(access, atlas, (face, other), bend);
        self.write(access, atlas, shot, (face, other, bend), to, writer);
        if let Some(tracks) = &mut self.tracks {
            tracks.view_mut(access)[face.slot].share = share;
        }
        share
    }

    /// Reads the skin of a face, unless it was read in this frame.
    fn read(&mut self, access: &Access<'_>, atlas: &Atlas, shot: &Shot<'_>, face: Sight<'_>) {
        if self.read >> face.slot & 1 == 1 {
            return;
        }
        self.read |= 1 << face.slot;
        let (Some(tones), Some(scratch)) = (&mut self.tones, &mut self.scratch) else {
            return;
        };
        let (Some(seen), Some(known), Some(fronts)) = (&mut self.seen, &mut self.known, &mut self.fronts)
        else {
            return;
        };
        let of_slot = face.slot * VERTICES..(face.slot + 1) * VERTICES;
        let seen = &mut seen.view_mut(access)[face.slot];
        let lapse = Lapse {
            known: &mut known.view_mut(access)[of_slot.clone()],
            fronts: &mut fronts.view_mut(access)[of_slot.clone()],
            past: &mut seen.past,
            first: seen.known == 0 || seen.id != face.id,
            dt_s: shot.dt_s,
        };
        let tones = &mut tones.view_mut(access)[of_slot];
        let Some(mut scratch) = Scratch::over(scratch.view_mut(access)) else {
            return;
        };
        complexion::read(shot.frame, face, atlas, &mut scratch, Some(lapse), tones);
        seen.id = face.id;
        seen.known = 1;
    }

    /// How much a face that is mostly covered shows of another's looks, 0 to 1: with little to go by left, none of what may be a hand's.
    fn in_sight(&self, access: &Access<'_>, slot: usize) -> f32 {
        let seen = self.seen.as_ref().map(|seen| seen.view(access)[slot]);
        seen.map_or(0.0, |seen| seen.past.open())
    }

    /// How much is to be seen of the looks of `other`, 0 to 1. Who was lost a moment ago fades, and whose place shows something else is
    /// gone.
    fn still_there(&self, access: &Access<'_>, other: Other<'_>) -> f32 {
        let (Other::Face(face), Some(seen)) = (other, &self.seen) else {
            return 1.0;
        };
        let Some(missing) = face.lost else { return 1.0 };
        let past = seen.view(access)[face.slot].past;
        let fades = 1.0 - missing as f32 / (PATIENCE + 1) as f32;
        fades * falling(past.covered, SOME_LOST, ALL_LOST) * rising(past.alike, LEAST_ALIKE, ALIKE)
    }

    /// Reads the skin of a photo's face into `tones`.
    ///
    /// # Errors
    /// If there is no face memory for it.
    pub(crate) fn read_photo(
        &mut self,
        access: &Access<'_>,
        atlas: &Atlas,
        frame: &FrameView<'_>,
        face: &FaceInput<'_>,
        tones: &mut [Tone],
    ) -> Result<(), VeilError> {
        provide(access, &mut self.scratch, Keep::Frame, Scratch::LEN)?;
        let scratch = self.scratch.as_mut();
        if let Some(mut scratch) = scratch.and_then(|scratch| Scratch::over(scratch.view_mut(access))) {
            complexion::read(frame, Sight::of(face), atlas, &mut scratch, None, tones);
        }
        Ok(())
    }

    /// Works out gains and shares of the face in slot `to` with the looks of `from`, and lets what is settled follow by the
    /// share `follow`. Says how far there is skin to go by.
    fn settle(
        &mut self,
        access: &Access<'_>,
        atlas: &Atlas,
        (to, from): (usize, Other<'_>),
        follow: f32,
    ) -> f32 {
        let (Some(tones), Some(scratch), Some(settled)) = (&self.tones, &mut self.scratch, &mut self.settled)
        else {
            return 0.0;
        };
        let tones = tones.view(access);
        let (own_tones, others) = (&tones[to * VERTICES..][..VERTICES], from.tones(tones));
        let Some(scratch) = Scratch::over(scratch.view_mut(access)) else {
            return 0.0;
        };
        let mut all = 0.0;
        for (vertex, spot) in atlas.spots.iter().enumerate() {
            let own = own_tones[vertex];
            let (other, _) = best(others, atlas, vertex, own.seen);
            let gain = Vec3::from_array([0, 1, 2].map(|it| own.colour[it] - other.colour[it]));
            let light = spot.hem * own.trust * other.trust;
            // Whatever the other shows there, skin in an odd light or a hair: on skin it has that skin's hue.
            let of_skin = spot.hem.max(HUE) * own.trust;
            let hue = (of_skin + spot.tinted * own.open()) * other.open();
            all += light;
            scratch.known[vertex] = light_and_hue(gain);
            scratch.weights[vertex] = [light, hue, hue, 0.0];
        }
        spread::spread(
            &atlas.surface,
            scratch.known,
            scratch.weights,
            scratch.spread,
            spread::SWEEPS,
        );
        let settled = &mut settled.view_mut(access)[to * VERTICES..][..VERTICES];
        for (vertex, (settled, spot)) in settled.iter_mut().zip(&atlas.spots).enumerate() {
            let own = own_tones[vertex];
            let (other, _) = best(others, atlas, vertex, own.seen);
            let clear = rising(own.clear.min(other.clear), 0.25, 0.75);
            let hair = 1.0 - spot.hair * (1.0 - clear);
            let seen = rising(own.seen, 0.0, 0.6) * rising(other.seen, 0.02, 0.3);
            let seen = seen * falling(other.front, 0.1, 0.6);
            let now = gain(scratch.spread[vertex]).extend(hair * seen);
            let before = Vec4::from(*settled);
            *settled = (before + (now - before) * follow).to_array();
        }
        // Of some 200 that an open face comes to.
        rising(all, 4.0, 20.0)
    }

    /// Works out how far each vertex of `face` goes to the shape of `other`, where it does.
    fn bend(
        &mut self,
        access: &Access<'_>,
        atlas: &Atlas,
        (face, other): (&FaceInput<'_>, Other<'_>),
        bend: Bend,
    ) {
        let (Some(fronts), Some(scratch)) = (&self.fronts, &mut self.scratch) else {
            return;
        };
        let fronts = &fronts.view(access)[face.slot * VERTICES..][..VERTICES];
        if let Some(mut scratch) = Scratch::over(scratch.view_mut(access)).filter(|_| !bend.is_none()) {
            let own = |vertex| shape::resting(face.pose, face.metric, vertex);
            let near = |vertex: usize| fronts[vertex].numbers()[0][3];
            shape::bend(
                atlas,
                bend,
                &mut scratch,
                (own, |vertex| other.resting(vertex)),
                near,
            );
        }
    }

    /// Writes a vertex at a time, so that there is no copy but the one in staging memory.
    fn write(
        &self,
        access: &Access<'_>,
        atlas: &Atlas,
        shot: &Shot<'_>,
        (face, other, bend): (&FaceInput<'_>, Other<'_>, Bend),
        to: To,
        writer: &mut Writer,
    ) {
        let (Some(tones), Some(fronts), Some(settled)) = (&self.tones, &self.fronts, &self.settled) else {
            return;
        };
        let Some(scratch) = &self.scratch else {
            return;
        };
        let ways = scratch.view(access);
        let bent = !bend.is_none();
        let tones = tones.view(access);
        let fronts = &fronts.view(access)[face.slot * VERTICES..][..VERTICES];
        let settled = &settled.view(access)[face.slot * VERTICES..][..VERTICES];
        let size = shot.frame.size();
        let size = Vec2::new(size.width() as f32, size.height() as f32);
        let uv = |vertex: usize| other.uv(vertex, size);
        let others = other.tones(tones);
        let mut at = to.block.swap(to.place);
        for (vertex, (settled, spot)) in settled.iter().zip(&atlas.spots).enumerate() {
            let own_tone = tones[face.slot * VERTICES + vertex];
            let (tone, mirrored) = best(others, atlas, vertex, own_tone.seen);
            let place = face.landmarks.point(vertex).raw();
            let (own, opposite) = (uv(vertex), uv(atlas.surface.mirrored(vertex)));
            let [red, green, blue, share] = *settled;
            let [own_light, way] = fronts[vertex].numbers();
            let goes_to = if bent {
                shape::moved(shot.camera, face, vertex, Vec3::from_slice(&ways[vertex]))
            } else {
                place
            };
            let [x, y] = crate::figures::place_px(place);
            let thin = spot.strands.max(own_tone.glasses).max(tone.glasses);
            let swap = Swap {
                place_px: crate::figures::place_px(goes_to),
                bend: [x, y, bend.expression, f32::from(u8::from(bent))],
                other: [own.x, own.y, opposite.x, opposite.y],
                tone: [red, green, blue, mirrored],
                front: [share, own_tone.level.exp(), tone.level.exp(), thin],
                own: own_light,
                way,
            };
            writer.put(at, bytes_of(&swap));
            at += Swap::STRIDE;
        }
    }
}

/// A gain's mean over red, green and blue, and what red and blue have beyond it. Both have limits of their own: a channel that
/// stopped alone would change the hue.
fn light_and_hue(gain: Vec3) -> [f32; 4] {
    let light = gain.element_sum() / 3.0;
    let [red, blue] = [gain.x, gain.z].map(|it| (it - light).clamp(-MOST_HUE, MOST_HUE));
    [light.clamp(-MOST_GAIN, MOST_GAIN), red, blue, 0.0]
}

/// Turns [`light_and_hue`] back.
fn gain([light, red, blue, _]: [f32; 4]) -> Vec3 {
    Vec3::new(light + red, light - red - blue, light + blue)
}

/// The skin of a face at a vertex, and how much of it is that of the opposite vertex: where it is hidden, and both
/// or something is in front of it, and both that one and the place that it goes to, `wanted`, are seen better.
fn best(tones: &[Tone], atlas: &Atlas, vertex: usize, wanted: f32) -> (Tone, f32) {
    let own = tones[vertex];
    let opposite = tones[atlas.surface.mirrored(vertex)];
    let better = opposite.open().min(wanted) - own.open();
    let mirrored = falling(own.open(), 0.35, 0.85) * rising(better, 0.0, 0.3);
    (own.mixed(opposite, mirrored), mirrored)
}

/// How much of a swap's looks a face shows for how it is turned towards the camera: 1 up to 40 degrees to the side and 35 up or
/// down, 0 from 20 more on. The number is face data.
#[must_use]
pub fn turned(pose: FacePose) -> f32 {
    let angles = pose.angles();
    let [yaw, pitch] = [angles.yaw_rad, angles.pitch_rad].map(|angle| angle.to_degrees().abs());
    falling(yaw, 40.0, 60.0) * falling(pitch, 35.0, 55.0)
}

/// Whose looks the face in `slot` takes on.
fn other<'a>(
    by_slot: &'a [Option<FaceInput<'_>>; MAX_FACES],
    donor: Option<(u64, &'a Sitter)>,
    slot: usize,
    source: SwapSource,
) -> Option<Other<'a>> {
    let found = match source {
        SwapSource::NextFace => (1..MAX_FACES).find_map(|step| by_slot[(slot + step) % MAX_FACES].as_ref()),
        SwapSource::FirstFace => by_slot.iter().flatten().next(),
        SwapSource::Photo => return donor.map(|(key, sitter)| Other::Donor(key, sitter)),
    };
    found
        .filter(|other| other.slot != slot)
        .map(|other| Other::Face(Sight::of(other)))
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
