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

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3, Vec3Swizzles};
use moretta_geometry::canonical::VERTICES;

use super::atlas::{Atlas, Spot, falling, rising};
use super::complexion::{Scratch, Tone, likeness, luminance};
use super::even::{Even, Floors, Reading};
use super::spread::{SWEEPS, spread};

/// What is remembered of a vertex. Face data.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Known {
    /// What it is used to look like: the logarithms of its luminance, and of red and of blue over green.
    own: [f32; 3],
    /// How far something is in front of it, 0 to 1.
    front: f32,
    /// How much level and hue vary, as variances.
    varies: [f32; 2],
    /// For how long something has been in front of it, in seconds.
    hidden_s: f32,
    unused: f32,
}

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

/// A face's memory, and where it goes.
pub(crate) struct Lapse<'a> {
    pub(crate) known: &'a mut [Known],
    pub(crate) fronts: &'a mut [Front],
    /// Whether the face is seen for the first time.
    pub(crate) first: bool,
    /// Since the frame before, in seconds; 0 in a still.
    pub(crate) dt_s: f32,
}

/// Nothing looks steadier than this: what landmarks that tremble make of a vertex. What a camera's noise makes of it is read off
/// each frame, and is not below `NOISE`.
const STEADIEST: Floors = Floors {
    level: 0.08,
    hue: 0.05,
};
const NOISE: Floors = Floors {
    level: 0.03,
    hue: 0.02,
};
/// How much a vertex is taken to vary before it is known, and where it is hidden then.
const UNKNOWN: Floors = Floors { level: 0.3, hue: 0.2 };
const HIDDEN: Floors = Floors {
    level: 0.2,
    hue: 0.12,
};
/// What is learned of how much it varies at most: a face that flickers by more cannot be told from a hand.
const UNSTEADIEST: Floors = Floors {
    level: 0.3,
    hue: 0.15,
};
/// How many standard deviations are far.
const FAR: f32 = 3.0;

/// How long it takes, in seconds, to see what comes in front, and what goes.
const COMES_S: f32 = 0.02;
const GOES_S: f32 = 0.08;
/// How long it takes to learn what a face looks like, and how much that varies.
const LEARNS_S: f32 = 0.5;
const VARIES_S: f32 = 1.0;
/// How long something is in front before it begins to be taken for the face's own. What is hardly strange is twice as soon.
const RESTS_S: f32 = 8.0;

/// How far the colour of what is in front is carried, in vertices: as far as a pixel may lie from where it was seen.
const NEAR: usize = 8;
/// How often what is in front is followed inwards: a face is some twenty vertices across.
const STEPS: usize = 20;

impl Known {
    /// In a first frame: what it looks like, or skin as far as it is hidden.
    fn first(reading: &Reading, spot: &Spot, skin: Even, hidden: f32) -> Self {
        let bare = Vec3::new(skin.level(spot), skin.hue.x, skin.hue.y);
        let varies = |unknown: f32, hiding: f32| {
            let [unknown, hiding] = [unknown, hiding].map(|it| it * it);
            unknown + (hiding - unknown) * hidden
        };
        Self {
            own: colour(reading).lerp(bare, hidden).to_array(),
            front: hidden,
            varies: [
                varies(UNKNOWN.level, HIDDEN.level),
                varies(UNKNOWN.hue, HIDDEN.hue),
            ],
            ..Self::zeroed()
        }
    }

    /// How many times what is far it is from what it is used to. `light` is what has changed everywhere.
    fn strangeness(&self, (level, hue): (f32, Vec2), light: Even) -> f32 {
        let far = |steadiest: f32, noise: f32, varies: f32| {
            FAR * FAR * (steadiest * steadiest + noise * noise + varies)
        };
        let far_level = far(STEADIEST.level, light.spread_level, self.varies[0]);
        let far_hue = far(STEADIEST.hue, light.spread_hue, self.varies[1]);
        (level * level / far_level + hue.length_squared() / far_hue).sqrt()
    }

    /// Learns from this frame. `hidden` is how far something is in front of it or next to it, and `change` what has changed:
    /// everywhere, and of this vertex alone.
    fn learn(&mut self, hidden: f32, strangeness: f32, (light, alone): (Vec3, Vec3), dt_s: f32) {
        let sooner = 1.0 + falling(strangeness, 1.2, 2.0);
        self.hidden_s = if hidden > 0.5 {
            self.hidden_s + dt_s * sooner
        } else {
            0.0
        };
        let rested = rising(self.hidden_s, RESTS_S, RESTS_S + 2.0);
        let follows = follow(dt_s, LEARNS_S);
        let own = Vec3::from(self.own) + (light + alone * rested.max(1.0 - hidden)) * follows;
        self.own = own.to_array();
        let squares = [
            (alone.x * alone.x).min(UNSTEADIEST.level * UNSTEADIEST.level),
            (0.5 * alone.yz().length_squared()).min(UNSTEADIEST.hue * UNSTEADIEST.hue),
        ];
        let steady = (1.0 - hidden) * follow(dt_s, VARIES_S);
        for (varies, square) in self.varies.iter_mut().zip(squares) {
            *varies += (square - *varies) * steady;
        }
    }
}

/// Sees what is in front of a face, from `tones`, whose level is that of what is seen, and into them. Says how much of what is
/// turned to the camera is covered.
///
/// It takes the same steps whatever the frame shows, but for some more in a first one.
pub(crate) fn see(
    lapse: Lapse<'_>,
    skin: Even,
    atlas: &Atlas,
    scratch: &mut Scratch<'_>,
    tones: &mut [Tone],
) -> f32 {
    let Lapse {
        known,
        fronts,
        first,
        dt_s,
    } = lapse;
    if first {
        begin(known, skin, atlas, scratch, tones);
    }

    // What has changed everywhere, and how far each vertex is from what it is used to besides.
    for (index, ((known, tone), spot)) in known.iter().zip(&*tones).zip(&atlas.spots).enumerate() {
        let weight = tone.seen * (1.0 - known.front) * spot.bare.max(0.1);
        let change = colour(&tone.reading(0.0)) - Vec3::from(known.own);
        scratch.known[index] = change.extend(weight).to_array();
    }
    let light = Even::fit(scratch.known, &atlas.spots, NOISE);
    for (index, (known, spot)) in known.iter().zip(&atlas.spots).enumerate() {
        let tone = &tones[index];
        let (level, hue) = light.differences(&scratch.known[index], spot);
        let strangeness = known.strangeness((level, hue), light);
        let [own_level, own_red, own_blue] = known.own;
        // What is skin where it was remembered as none: a cup that was there from the beginning has gone.
        let uncovered = alien(skin, &[own_level, own_red, own_blue, 0.0], spot)
            * likeness(skin, &tone.reading(0.0), spot);
        let strange = rising(strangeness, 0.8, 1.4) * (1.0 - uncovered);
        scratch.known[index] = [strange, level, hue.x, hue.y];
        scratch.weights[index] = [2.0 * tells(tone, spot), strangeness, 0.0, 0.0];
    }
    let apart = &mut *scratch.spread;
    spread(&atlas.surface, scratch.known, scratch.weights, apart, SWEEPS);
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
    for vertex in 0..VERTICES {
        let around = atlas.surface.neighbours(vertex).iter();
        let around = around.map(|it| known[usize::from(*it)].front);
        let here = known[vertex].front;
        let (least, most) = around.fold((here, here), |(least, most), it| (least.min(it), most.max(it)));
        let [_, level, red, blue] = scratch.known[vertex];
        let spot = &atlas.spots[vertex];
        let everywhere = Vec3::new(light.level(spot), light.hue.x, light.hue.y);
        let alone = Vec3::new(level, red, blue);
        let strangeness = scratch.weights[vertex][1];
        known[vertex].learn(rising(most, 0.1, 0.5), strangeness, (everywhere, alone), dt_s);
        fronts[vertex] = Front {
            own: light_of(known[vertex].own).to_array(),
            near: most,
            way: [0.0; 3],
            whole: least,
        };
        tones[vertex].front = most;
    }
    lead(known, fronts, atlas, scratch, tones);
    covered / all
}

/// In a first frame, begins to remember.
fn begin(known: &mut [Known], skin: Even, atlas: &Atlas, scratch: &mut Scratch<'_>, tones: &[Tone]) {
    for (index, (tone, spot)) in tones.iter().zip(&atlas.spots).enumerate() {
        scratch.known[index] = [alien(skin, &tone.reading(0.0), spot), 0.0, 0.0, 0.0];
        let inside = if spot.on_hem { 0.0 } else { spot.bare };
        scratch.weights[index] = [2.0 * inside * rising(tone.seen, 0.3, 0.9), 0.0, 0.0, 0.0];
    }
    spread(
        &atlas.surface,
        scratch.known,
        scratch.weights,
        scratch.spread,
        NEAR,
    );
    for (index, ((known, tone), spot)) in known.iter_mut().zip(tones).zip(&atlas.spots).enumerate() {
        // Eyes and lips have a hue by themselves, and at the outline there may be a wall: both are as what lies beside them.
        let itself = if spot.on_hem { scratch.known[index][0] } else { 1.0 };
        let hidden = rising(scratch.spread[index][0] * itself, 0.3, 0.7);
        *known = Known::first(&tone.reading(0.0), spot, skin, hidden);
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
    for _ in 0..STEPS {
        for vertex in 0..VERTICES {
            let near = atlas.surface.neighbours(vertex).iter();
            let most = near.map(|it| numbers[usize::from(*it)][1]).fold(0.0, f32::max);
            let [here, reached, ..] = numbers[vertex];
            numbers[vertex][1] = reached.max(most.min(here));
        }
    }
}

/// Says how to tell what is in front from the face: by what is seen next to where it is.
fn lead(known: &[Known], fronts: &mut [Front], atlas: &Atlas, scratch: &mut Scratch<'_>, tones: &[Tone]) {
    for (index, (known, tone)) in known.iter().zip(tones).enumerate() {
        let [red, green, blue] = tone.colour;
        scratch.known[index] = [red, green, blue, 0.0];
        scratch.weights[index] = [known.front * tone.seen; 4];
    }
    spread(
        &atlas.surface,
        scratch.known,
        scratch.weights,
        scratch.spread,
        NEAR,
    );
    for (front, other) in fronts.iter_mut().zip(&*scratch.spread) {
        let way = Vec3::new(other[0], other[1], other[2]) - Vec3::from(front.own);
        front.way = (way / way.length_squared().max(1e-3)).to_array();
    }
}

/// By what share something follows in `dt_s` with a time constant of `time_s`.
fn follow(dt_s: f32, time_s: f32) -> f32 {
    1.0 - (-dt_s / time_s).exp()
}

fn colour(reading: &Reading) -> Vec3 {
    Vec3::new(reading[0], reading[1], reading[2])
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
    fn a_light_is_of_the_colour_and_the_luminance_that_it_is_made_of() {
        let light = light_of([-1.2, 0.5, -0.4]);
        assert!((light.x - light.y - 0.5).abs() < 1e-6 && (light.z - light.y + 0.4).abs() < 1e-6);
        assert!((luminance(light.exp()).ln() + 1.2).abs() < 1e-5);
    }

    #[test]
    fn looks_are_learned_at_once_in_view_and_late_when_hidden() {
        let known = |hidden: f32, seconds: f32| {
            let mut known = Known::zeroed();
            (0..(seconds * 30.0) as usize).for_each(|_| {
                let alone = Vec3::new(0.4 - known.own[0], 0.0, 0.0);
                known.learn(hidden, 3.0, (Vec3::ZERO, alone), 1.0 / 30.0);
            });
            known.own[0]
        };
        assert!(known(0.0, 2.0) > 0.38);
        assert_eq!(known(1.0, 7.5), 0.0);
        assert!(known(1.0, 14.0) > 0.38);
    }
}
