//! What a face's skin looks like at each vertex, and where there is none to be seen.

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3};
use moretta_frame::FrameView;
use moretta_geometry::canonical::{VERTICES, triangles};

use super::atlas::{Atlas, Spot, falling, rising};
use super::even::{Even, Floors, Reading};
use super::front::{self, Lapse};
use super::glasses;
use super::sight::Sight;
use super::spread::{Reach, spread};

/// A vertex of a face, as the frame shows it. Face data.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Tone {
    /// The natural logarithms of red, green and blue, in linear light, of the skin around.
    pub(crate) colour: [f32; 3],
    /// That of the luminance that bare skin has here, or would have.
    pub(crate) level: f32,
    /// How far the colour is that of skin, and seen, 0 to 1.
    pub(crate) trust: f32,
    /// How far nothing hangs before the skin, 0 to 1, with a margin.
    pub(crate) clear: f32,
    /// How well it is seen, 0 to 1.
    pub(crate) seen: f32,
    /// How far something is in front of it or next to it, 0 to 1.
    pub(crate) front: f32,
    /// How far the frame of glasses may be there, 0 to 1.
    pub(crate) glasses: f32,
}

impl Tone {
    /// What lies between two.
    pub(crate) fn mixed(self, other: Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * share;
        Self {
            colour: [0, 1, 2].map(|it| mix(self.colour[it], other.colour[it])),
            level: mix(self.level, other.level),
            trust: mix(self.trust, other.trust),
            clear: mix(self.clear, other.clear),
            seen: mix(self.seen, other.seen),
            front: mix(self.front, other.front),
            glasses: mix(self.glasses, other.glasses),
        }
    }

    /// How well bare skin is seen, 0 to 1: nothing is in front.
    pub(crate) fn open(self) -> f32 {
        self.seen * (1.0 - self.front)
    }

    /// What is read of it, while its level is that of what is seen, to count `weight`.
    pub(crate) fn reading(&self, weight: f32) -> Reading {
        let [red, green, blue] = self.colour;
        [self.level, red - green, blue - green, weight]
    }
}

/// Numbers of vertices on their way, in face memory.
pub(crate) struct Scratch<'a> {
    pub(crate) known: &'a mut [[f32; 4]],
    pub(crate) weights: &'a mut [[f32; 4]],
    pub(crate) spread: &'a mut [[f32; 4]],
}

impl Scratch<'_> {
    /// How many fours of numbers it needs.
    pub(crate) const LEN: usize = 3 * VERTICES;

    pub(crate) fn over(numbers: &mut [[f32; 4]]) -> Option<Scratch<'_>> {
        let (known, rest) = numbers.split_at_mut_checked(VERTICES)?;
        let (weights, rest) = rest.split_at_mut_checked(VERTICES)?;
        let (spread, _) = rest.split_at_mut_checked(VERTICES)?;
        Some(Scratch {
            known,
            weights,
            spread,
        })
    }
}

/// Nothing is darker than this, in linear light: three levels of a byte. Below, a colour has no hue.
pub(super) const DARKEST: f32 = 1e-3;
/// What spreads of bare skin are at least.
pub(super) const FLOORS: Floors = Floors {
    level: 0.10,
    hue: 0.05,
};

/// Reads the skin of a face off the frame, into one [`Tone`] a vertex.
///
/// 1. The colour around each vertex: the mean light of the pixels at it, half way to each neighbour, and in the middle of
///    each triangle around it, which are the same places of every face.
/// 2. What bare skin looks like, by iterated weighting on cheeks and nose, so that a hand or hair before a part of them
///    does not count: its brightness rises or falls evenly across the face, its hue is one.
/// 3. What is in front of it, going by what it looked like before: with a `lapse`.
/// 4. Whether it wears glasses.
/// 5. How far each vertex is skin.
/// 6. The brightness that skin would have where there is none to be seen, and how clear each vertex is, from its
///    neighbours.
///
/// It takes the same steps whatever the frame shows, but for what is begun anew: see [`Lapse`].
pub(crate) fn read(
    frame: &FrameView<'_>,
    face: Sight<'_>,
    atlas: &Atlas,
    scratch: &mut Scratch<'_>,
    lapse: Option<Lapse<'_>>,
    tones: &mut [Tone],
) {
    let colours = &mut *scratch.spread;
    gather(frame, face, atlas, colours);
    for ((index, tone), sum) in tones.iter_mut().enumerate().zip(&*colours) {
        let mean = Vec3::new(sum[0], sum[1], sum[2]) / sum[3].max(1.0);
        *tone = Tone {
            colour: mean.max(Vec3::splat(DARKEST)).to_array().map(f32::ln),
            level: luminance(mean).max(DARKEST).ln(),
            seen: share(face.visibility[index]),
            ..Tone::zeroed()
        };
    }
    for ((reading, tone), spot) in scratch.known.iter_mut().zip(&*tones).zip(&atlas.spots) {
        *reading = tone.reading(spot.core * tone.seen * warmth(tone));
    }
    let skin = Even::fit(scratch.known, &atlas.spots, Spot::is_core, FLOORS);
    let mut worn = glasses::worn(frame, face, atlas);
    if let Some(lapse) = lapse {
        worn = lapse.past.wears(worn, lapse.first, lapse.dt_s);
        front::see(lapse, skin, atlas, scratch, tones);
    }
    for (index, (tone, spot)) in tones.iter_mut().zip(&atlas.spots).enumerate() {
        let like = likeness(skin, &tone.reading(0.0), spot);
        tone.trust = like * tone.open() * spot.bare;
        scratch.known[index] = [tone.level, like, 0.0, 0.0];
        scratch.weights[index] = [tone.trust, spot.bare * tone.seen.max(0.05) * 4.0, 0.0, 0.0];
    }
    spread(atlas, scratch, Reach::Face);
    // Hair reaches farther than the vertices that it covers: a margin of one vertex, smoothed.
    let near = |vertex: usize| atlas.surface.neighbours(vertex).iter().map(|it| usize::from(*it));
    for vertex in 0..VERTICES {
        let clear = |it: usize| scratch.spread[it][1].clamp(0.0, 1.0);
        let least = near(vertex).map(clear).fold(clear(vertex), f32::min);
        scratch.known[vertex][0] = least;
    }
    for (vertex, tone) in tones.iter_mut().enumerate() {
        let around: f32 = near(vertex).map(|it| scratch.known[it][0]).sum();
        let mean = around / atlas.surface.neighbours(vertex).len() as f32;
        tone.level = scratch.spread[vertex][0];
        tone.glasses = worn * atlas.spots[vertex].glasses;
        tone.clear = 0.5 * (scratch.known[vertex][0] + mean);
    }
}

/// Sums the light around each vertex: red, green, blue, and of how many pixels.
fn gather(frame: &FrameView<'_>, face: Sight<'_>, atlas: &Atlas, sums: &mut [[f32; 4]]) {
    let light = |place: Vec2| light_at(frame, atlas, place).extend(1.0);
    let place = |vertex: u16| face.place(usize::from(vertex));
    let add = |sums: &mut [[f32; 4]], vertices: &[u16], light: glam::Vec4| {
        for vertex in vertices {
            let sum = &mut sums[usize::from(*vertex)];
            *sum = (glam::Vec4::from(*sum) + light).to_array();
        }
    };
    for (vertex, sum) in (0..).zip(sums.iter_mut()) {
        *sum = light(place(vertex)).to_array();
    }
    for edge in atlas.surface.edges() {
        add(sums, edge, light((place(edge[0]) + place(edge[1])) * 0.5));
    }
    for corners in triangles() {
        let [a, b, c] = corners.map(place);
        add(sums, corners, light((a + b + c) / 3.0));
    }
}

/// The light of the pixel at `place`, or of the nearest one.
pub(super) fn light_at(frame: &FrameView<'_>, atlas: &Atlas, place: Vec2) -> Vec3 {
    let size = frame.size();
    let last = Vec2::new(size.width() as f32, size.height() as f32) - 1.0;
    let at = place.floor().clamp(Vec2::ZERO, last);
    atlas.light(frame.rgb(at.x as u32, at.y as u32).unwrap_or_default())
}

/// How far a vertex is skin, 0 to 1: within some three standard deviations and a little. What is too bright is
/// excused sooner than what is too dark: skin shines.
pub(crate) fn likeness(skin: Even, reading: &Reading, spot: &Spot) -> f32 {
    let (level, hue) = skin.differences(reading, spot);
    let level = (-level).max(0.8 * level) / (3.0 * skin.spread_level + 0.25);
    let hue = hue.length() / (3.0 * skin.spread_hue + 0.06);
    falling(level.max(hue), 0.8, 1.4)
}

/// How much a vertex counts while the skin is being found: whoever's it is, it is redder than blue. A cup may cover more of a
/// face than it leaves.
fn warmth(tone: &Tone) -> f32 {
    let [red, _, blue] = tone.colour;
    0.1 + 0.9 * rising(red - blue, 0.2, 0.6)
}

/// Of linear light: ITU-R BT.709-6, section 3.
pub(crate) fn luminance(light: Vec3) -> f32 {
    light.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

fn share(number: f32) -> f32 {
    if number > 0.0 { number.min(1.0) } else { 0.0 }
}
