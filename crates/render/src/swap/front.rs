//! What is in front of a face: hands, cups, microphones.
//!
//! A hand has the colour of skin, so that no look at one frame tells it from the face. What tells is time: each vertex of a
//! face has its own colour, which changes slowly and together with all others; what covers it changes it at once and alone.
//!
//! 1. What each vertex is used to look like, and how much that varies, is remembered: [`Known`].
//! 2. What has changed evenly across the face is its light, and no matter.
//! 3. What is far from what it is used to is in front, if that reaches in from the outline: a hand has an arm.
//! 4. A face's looks are learned where nothing is in front. What has been there for long is taken for the face's own: a hand
//!    that rests stays in front for a while, and what was mistaken for one is not for ever.
//!
//! In a first frame there is nothing to go by but the hue: what is neither skin nor dark is in front.
//!
//! With much of a face changed at once its features tell a hand from a lamp: brows and lips stay as much darker than what is beside
//! them whatever the light, and under a hand there are none.

use bytemuck::{Pod, Zeroable};
use glam::Vec3;
use moretta_geometry::canonical::VERTICES;

use super::atlas::{Atlas, Spot, falling, rising};
use super::complexion::{FLOORS, Scratch, Tone, likeness, luminance};
use super::even::{Even, Floors, Reading};
use super::known::{FAR, Known, Learning, colour, follow};
use super::spread::{Reach, spread};

/// What is in front of a vertex in this frame, as the shader reads it. Face data. All zero is nothing.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Front {
    /// The logarithms of red, green and blue that the face has there by itself.
    own: [f32; 3],
    /// How far something is in front of the vertex or next to it, 0 to 1.
    near: f32,
    /// From there to what is in front, over the square of the distance.
    way: [f32; 3],
    /// How far something is in front of the vertex and of all around it, 0 to 1.
    whole: f32,
}

impl Front {
    /// The face's own light and what is near; the way and what is whole.
    pub(crate) fn numbers(self) -> [[f32; 4]; 2] {
        bytemuck::cast(self)
    }
}

/// What is remembered of a face as a whole. Face data. All zero is one that is seen for the first time.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Past {
    /// For how long it has been seen, in seconds, up to what matters.
    age_s: f32,
    /// For how long much of it has been in another light, in seconds.
    relit_s: f32,
    /// How much of what is turned to the camera is covered, 0 to 1.
    pub(crate) covered: f32,
    /// How far its features are those that are remembered: [`alike`].
    pub(crate) alike: f32,
    /// How far it wears glasses, 0 to 1.
    glasses: f32,
    unused: f32,
}

impl Past {
    /// How much of it there is to go by, 0 to 1: the rest is covered.
    pub(super) fn open(self) -> f32 {
        falling(self.covered, SOME_COVERED, ALL_COVERED)
    }

    /// Takes note of how far it seems to wear glasses, and says how far it does.
    pub(super) fn wears(&mut self, glasses: f32, first: bool, dt_s: f32) -> f32 {
        let by = if first || dt_s == 0.0 {
            1.0
        } else {
            follow(dt_s, WEARS_S)
        };
        self.glasses += (glasses - self.glasses) * by;
        self.glasses
    }
}

/// A face's memory, and where it goes.
pub(crate) struct Lapse<'a> {
    pub(crate) known: &'a mut [Known],
    pub(crate) past: &'a mut Past,
    pub(crate) fronts: &'a mut [Front],
    /// Whether the face is seen for the first time.
    pub(crate) first: bool,
    /// Since the frame before, in seconds; 0 in a still.
    pub(crate) dt_s: f32,
}

/// What a camera's noise makes of a vertex is read off each frame, and is not below this.
const NOISE: Floors = Floors {
    level: 0.03,
    hue: 0.02,
};
/// How long it takes, in seconds, to see what comes in front, and what goes.
const COMES_S: f32 = 0.02;
const GOES_S: f32 = 0.08;
/// How long it takes to see that glasses are put on, in seconds: longer than a strand of hair takes to pass.
const WEARS_S: f32 = 0.5;
/// For how long it matters how long a face has been seen.
const LONGEST_S: f32 = 10.0;
/// What has changed of a face is another light if that is more than this of it, and its features are what they were for so many
/// seconds: longer than a hand that passes is blurred.
const MUCH: f32 = 0.25;
const RELIT_S: f32 = 0.3;
/// How far features are alike then, as a correlation: it is above 0.85 in another light, and below 0.5 under a hand.
pub(crate) const ALIKE: f32 = 0.7;

/// Of a face of which more than this is covered the other's looks begin to fade, and so does what is learned of it; with so much
/// they have.
const SOME_COVERED: f32 = 0.5;
const ALL_COVERED: f32 = 0.7;

/// Nothing is closer to the face's own colour than this, as a squared logarithm: a tenth of a percent, which no pixel tells.
const CLOSEST: f32 = 1e-6;
/// How often what is in front is followed inwards and back: as often as it may turn on its way.
const TURNS: usize = 3;

/// Sees what is in front of a face, from `tones`, whose level is that of what is seen, and into them.
///
/// It takes the same steps whatever the frame shows, but for some more in a first one.
pub(crate) fn see(
    lapse: Lapse<'_>,
    skin: Even,
    atlas: &Atlas,
    scratch: &mut Scratch<'_>,
    tones: &mut [Tone],
) {
    let Lapse {
        known,
        past,
        fronts,
        first,
        dt_s,
    } = lapse;
    if first {
        *past = Past {
            glasses: past.glasses,
            ..Past::zeroed()
        };
        known.fill(Known::zeroed());
        begin(known, skin, atlas, scratch, tones);
    }
    // Of what is remembered, not of what is seen: before most of a face, a hand would be the skin.
    for ((reading, known), spot) in scratch.known.iter_mut().zip(&*known).zip(&atlas.spots) {
        let [level, red, blue] = known.own;
        *reading = [level, red, blue, spot.core];
    }
    let bare = Even::fit(scratch.known, &atlas.spots, Spot::is_core, FLOORS);

    let (mut open, mut seen) = (0.0, 1e-6);
    // What has changed everywhere, and how far each vertex is from what it is used to besides.
    for (index, ((known, tone), spot)) in known.iter().zip(&*tones).zip(&atlas.spots).enumerate() {
        let weight = tone.seen * falling(known.front, 0.1, 0.5) * spot.bare.max(0.1);
        let change = colour(&tone.reading(0.0)) - Vec3::from(known.own);
        scratch.known[index] = change.extend(weight).to_array();
        open += weight;
        seen += tone.seen * spot.bare.max(0.1);
    }
    // Before all of a face a hand would be taken for light: without enough of the face, or without its features, none is seen.
    let features = alike(known, atlas, tones, |known| falling(known.front, 0.1, 0.5));
    let certain = rising(open / seen, 0.02, 0.15) * rising(features, 0.3, 0.7);
    let light = Even::fit(scratch.known, &atlas.spots, |_| true, NOISE).as_far_as(certain, NOISE);
    for (index, (known, spot)) in known.iter().zip(&atlas.spots).enumerate() {
        let tone = &tones[index];
        let (level, hue) = light.differences(&scratch.known[index], spot);
        let strangeness = known.strangeness((level, hue), light);
        // What is skin where it was remembered as none: a cup that was there from the beginning has gone.
        let [own_level, own_red, own_blue] = known.own;
        let own = [own_level, own_red, own_blue, 0.0];
        let unlit = [own_level + level, own_red + hue.x, own_blue + hue.y, 0.0];
        // Not at the outline, where the wall or hair is remembered.
        let inside = if spot.on_hem { 0.0 } else { spot.bare };
        let uncovered = inside * alien(bare, &own, spot) * likeness(bare, &unlit, spot);
        scratch.known[index] = [rising(strangeness, 0.8, 1.4), level, hue.x, hue.y];
        scratch.weights[index] = [2.0 * tells(tone, spot), strangeness, uncovered, 0.0];
    }
    spread(atlas, scratch, Reach::Face);
    let apart = &mut *scratch.spread;
    follow_inwards(atlas, apart);

    let (mut covered, mut all) = (0.0, 1e-6);
    for (index, known) in known.iter_mut().enumerate() {
        let now = rising(apart[index][1], 0.3, 0.7);
        let by = match (first || dt_s == 0.0, now > known.front) {
            (true, _) => 1.0,
            (false, true) => follow(dt_s, COMES_S),
            (false, false) => follow(dt_s, GOES_S),
        };
        known.front += (now - known.front) * by;
        // Nothing, before it becomes so little that processors take long over it.
        known.front = if known.front < 1e-4 { 0.0 } else { known.front };
        covered += known.front * tones[index].seen;
        all += tones[index].seen;
    }
    past.covered = covered / all;
    for vertex in 0..VERTICES {
        let around = atlas.surface.neighbours(vertex).iter();
        let around = around.map(|it| known[usize::from(*it)].front);
        let here = known[vertex].front;
        let (least, most) = around.fold((here, here), |(least, most), it| (least.min(it), most.max(it)));
        let [_, level, red, blue] = scratch.known[vertex];
        let spot = &atlas.spots[vertex];
        let everywhere = Vec3::new(light.level(spot), light.hue.x, light.hue.y);
        let alone = Vec3::new(level, red, blue);
        let [_, strangeness, uncovered, _] = scratch.weights[vertex];
        let by = Learning {
            hidden: rising(most, 0.1, 0.5),
            strangeness,
            open: past.open(),
            uncovered,
            age_s: past.age_s,
            dt_s,
        };
        known[vertex].learn((everywhere, alone), by);
        fronts[vertex] = Front {
            own: light_of(known[vertex].own).to_array(),
            near: most,
            way: [0.0; 3],
            whole: least,
        };
        tones[vertex].front = most;
    }
    lead(known, fronts, atlas, scratch, tones);
    past.age_s = (past.age_s + dt_s).min(LONGEST_S);
    past.alike = alike(known, atlas, tones, |_| 1.0);
    past.relit_s = if past.covered > MUCH && alike(known, atlas, tones, |it| it.front) > ALIKE {
        past.relit_s + dt_s
    } else {
        0.0
    };
    if past.relit_s > RELIT_S {
        begin(known, skin, atlas, scratch, tones);
        *past = Past {
            age_s: 0.0,
            relit_s: 0.0,
            ..*past
        };
    }
}

/// How far its features are those that are remembered, as a correlation: what each vertex is beyond what is around it, as a
/// logarithm, which light does not change. Each vertex counts as `counts` says.
fn alike(known: &[Known], atlas: &Atlas, tones: &[Tone], counts: impl Fn(&Known) -> f32) -> f32 {
    let (mut both, mut seen, mut remembered) = (0.0, 1e-6, 1e-6);
    for (vertex, spot) in atlas.spots.iter().enumerate() {
        let beyond = |level: &dyn Fn(usize) -> f32| {
            let near = atlas.surface.neighbours(vertex);
            let sum: f32 = near.iter().map(|it| level(usize::from(*it))).sum();
            level(vertex) - sum / near.len() as f32
        };
        let own = beyond(&|it| known[it].own[0]);
        let now = beyond(&|it| tones[it].level);
        // At the outline the wall is in it.
        let weight = if spot.on_hem {
            0.0
        } else {
            tones[vertex].seen * counts(&known[vertex])
        };
        both += weight * own * now;
        seen += weight * now * now;
        remembered += weight * own * own;
    }
    both / f32::sqrt(seen * remembered)
}

/// Begins to remember: in a first frame, or anew. What is in front goes as it always goes.
fn begin(known: &mut [Known], skin: Even, atlas: &Atlas, scratch: &mut Scratch<'_>, tones: &[Tone]) {
    for (index, (tone, spot)) in tones.iter().zip(&atlas.spots).enumerate() {
        scratch.known[index] = [alien(skin, &tone.reading(0.0), spot), 0.0, 0.0, 0.0];
        let inside = if spot.on_hem { 0.0 } else { spot.bare };
        scratch.weights[index] = [2.0 * inside * rising(tone.seen, 0.3, 0.9), 0.0, 0.0, 0.0];
    }
    spread(atlas, scratch, Reach::Near);
    for (index, ((known, tone), spot)) in known.iter_mut().zip(tones).zip(&atlas.spots).enumerate() {
        // Eyes and lips have a hue by themselves, and at the outline there may be a wall: both are as what lies beside them.
        let itself = if spot.on_hem { scratch.known[index][0] } else { 1.0 };
        let hidden = rising(scratch.spread[index][0] * itself, 0.3, 0.7);
        let before = known.front;
        *known = Known::first(&tone.reading(0.0), spot, skin, hidden);
        known.front = before.max(hidden);
    }
}

/// How much a vertex tells of what is in front: of one that is seen from the side, a part of what is read is the wall behind.
fn tells(tone: &Tone, spot: &Spot) -> f32 {
    spot.telling * rising(tone.seen, 0.3, 0.9)
}

/// How far a reading is of another hue than skin, and not dark: the dark has none, a beard, the frame of glasses.
fn alien(skin: Even, reading: &Reading, spot: &Spot) -> f32 {
    let (level, hue) = skin.differences(reading, spot);
    // What shines loses some of its hue; what is white has none.
    let far = (FAR * skin.spread_hue + 0.06).max(0.6 * skin.hue.length());
    rising(hue.length() / far, 0.9, 1.4) * falling(-level, 0.5, 1.0)
}

/// Of each first number, makes the second what of it hangs together with the outline.
fn follow_inwards(atlas: &Atlas, numbers: &mut [[f32; 4]]) {
    for (number, spot) in numbers.iter_mut().zip(&atlas.spots) {
        number[1] = if spot.on_hem { number[0] } else { 0.0 };
    }
    for _ in 0..TURNS {
        atlas
            .inwards
            .iter()
            .for_each(|vertex| reach(atlas, numbers, *vertex));
        atlas
            .inwards
            .iter()
            .rev()
            .for_each(|vertex| reach(atlas, numbers, *vertex));
    }
}

/// Lets what hangs together with the outline reach a vertex from those next to it.
fn reach(atlas: &Atlas, numbers: &mut [[f32; 4]], vertex: u16) {
    let vertex = usize::from(vertex);
    let near = atlas.surface.neighbours(vertex).iter();
    let most = near.map(|it| numbers[usize::from(*it)][1]).fold(0.0, f32::max);
    let [here, reached, ..] = numbers[vertex];
    numbers[vertex][1] = reached.max(most.min(here));
}

/// Says how to tell what is in front from the face: by what is seen next to where it is.
fn lead(known: &[Known], fronts: &mut [Front], atlas: &Atlas, scratch: &mut Scratch<'_>, tones: &[Tone]) {
    for (index, (known, tone)) in known.iter().zip(tones).enumerate() {
        let [red, green, blue] = tone.colour;
        scratch.known[index] = [red, green, blue, 0.0];
        scratch.weights[index] = [known.front * tone.seen; 4];
    }
    spread(atlas, scratch, Reach::Near);
    for (front, other) in fronts.iter_mut().zip(&*scratch.spread) {
        let way = Vec3::new(other[0], other[1], other[2]) - Vec3::from(front.own);
        front.way = (way / way.length_squared().max(CLOSEST)).to_array();
    }
}

/// The logarithms of red, green and blue, of that of their luminance and those of red and blue over green.
fn light_of([level, red, blue]: [f32; 3]) -> Vec3 {
    let green = level - luminance(Vec3::new(red.exp(), 1.0, blue.exp())).ln();
    Vec3::new(green + red, green, green + blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_front_reaches_in_from_the_outline() {
        let atlas = Atlas::new();
        let reached = |covered: &dyn Fn(&Spot) -> bool| {
            let spots = atlas.spots.iter();
            let mut numbers: Vec<_> = spots
                .map(|spot| [f32::from(u8::from(covered(spot))), 7.0, 0.0, 0.0])
                .collect();
            follow_inwards(&atlas, &mut numbers);
            numbers.into_iter().map(|number| number[1]).collect::<Vec<_>>()
        };
        // All below the nose, and from there up to the tip of the nose.
        let mouth_down = reached(&|spot| spot.up < -0.2);
        assert_eq!([152, 199, 14].map(|it: usize| mouth_down[it]), [1.0; 3]);
        assert_eq!([4, 10, 151].map(|it: usize| mouth_down[it]), [0.0; 3]);
        // An island is none, however large.
        let island = reached(&|spot| !spot.on_hem && spot.up.abs() < 0.3);
        assert!(island.iter().all(|it| *it == 0.0));
    }

    #[test]
    fn it_is_followed_however_it_turns() {
        let atlas = Atlas::new();
        let mut state = 3_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        let mut numbers: Vec<_> = atlas
            .spots
            .iter()
            .map(|_| [random().sqrt(), 0.0, 0.0, 0.0])
            .collect();
        follow_inwards(&atlas, &mut numbers);
        let once: Vec<_> = numbers.iter().map(|it| it[1]).collect();
        for _ in 0..50 {
            atlas
                .inwards
                .iter()
                .for_each(|it| reach(&atlas, &mut numbers, *it));
        }
        let missed = numbers
            .iter()
            .zip(&once)
            .filter(|(all, once)| all[1] > **once)
            .count();
        assert!(missed < 5, "{missed}");
        assert!(once.iter().any(|it| *it > 0.3 && *it < 0.9));
    }

    #[test]
    fn a_light_is_of_the_colour_and_the_luminance_that_it_is_made_of() {
        let light = light_of([-1.2, 0.5, -0.4]);
        assert!((light.x - light.y - 0.5).abs() < 1e-6 && (light.z - light.y + 0.4).abs() < 1e-6);
        assert!((luminance(light.exp()).ln() + 1.2).abs() < 1e-5);
    }
}
