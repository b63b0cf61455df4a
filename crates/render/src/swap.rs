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
mod other;
pub(crate) mod shape;
mod sight;
mod spread;
mod tracks;

use bytemuck::bytes_of;
use glam::{Vec2, Vec3, Vec4};
use moretta_frame::FrameView;
use moretta_geometry::canonical::VERTICES;
use moretta_pack::SwapSource;
use moretta_veil::{Access, FaceBuffer, Keep, VeilError};

use crate::block::Block;
use crate::donor::Sitter;
use crate::input::{FaceInput, MAX_FACES, Shot};
use crate::memory::provide;
use crate::numbers::Swap;
use crate::staging::Writer;
use atlas::{Atlas, falling, rising};
use complexion::{Scratch, Tone};
use front::{Front, Lapse};
use known::Known;
pub use other::turned;
use other::{OF_FACE, OF_PHOTO, Other, best, other};
use shape::Bend;
use sight::{Last, Sight};
use spread::{Reach, spread};
use tracks::{Seen, Track};

/// What the gain's hue counts inside, beside a light that counts `spot.hem`: the shading is the other's, and the hue the
/// face's own. A camera's noise and its balance between sun and shade are hue, and a gain for darker skin multiplies them. Eyes, lips
/// and brows, which have a hue by themselves, count 1, which is half way.
const HUE: f32 = 2.0;

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

/// Where the numbers of a swap go: to which face of the block.
#[derive(Clone, Copy)]
pub(crate) struct To {
    pub(crate) block: Block,
    pub(crate) place: usize,
}

impl Swaps {
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
        let Some(mut scratch) = Scratch::over(scratch.view_mut(access)) else {
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
        spread(atlas, &mut scratch, Reach::Face);
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
