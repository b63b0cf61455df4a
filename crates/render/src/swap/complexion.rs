//! What a face's skin looks like at each vertex, and where there is none to be seen.

use bytemuck::{Pod, Zeroable};
use glam::{Mat3, Vec2, Vec3};
use moretta_frame::FrameView;
use moretta_geometry::canonical::{VERTICES, triangles};

use super::atlas::{Atlas, Spot, falling};
use super::spread::spread;
use crate::input::FaceInput;

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
    pub(crate) unused: f32,
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
            unused: 0.0,
        }
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
const DARKEST: f32 = 1e-3;
/// How often what does not fit is given less weight.
const ROUNDS: usize = 8;

/// What bare skin looks like on a face: its brightness rises or falls evenly across it, its hue is one.
#[derive(Clone, Copy)]
struct Skin {
    /// The logarithm of its luminance: in the middle, and by how much more it is to the left and upwards.
    level: Vec3,
    /// The logarithms of red and of blue over green.
    hue: Vec2,
    /// How much both differ from that, as standard deviations.
    spread_level: f32,
    spread_hue: f32,
}

/// Reads the skin of a face off the frame, into one [`Tone`] a vertex.
///
/// 1. The colour around each vertex: the mean light of the pixels at it, half way to each neighbour, and in the middle of
///    each triangle around it, which are the same places of every face.
/// 2. What bare skin looks like, by iterated weighting on cheeks and nose, so that a hand or hair before a part of them
///    does not count.
/// 3. How far each vertex is that.
/// 4. The brightness that skin would have where there is none to be seen, and how clear each vertex is, from its
///    neighbours.
///
/// It takes the same steps whatever the frame shows.
pub(crate) fn read(
    frame: &FrameView<'_>,
    face: &FaceInput<'_>,
    atlas: &Atlas,
    scratch: &mut Scratch<'_>,
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
    let skin = Skin::of(tones, &atlas.spots);
    for (index, (tone, spot)) in tones.iter_mut().zip(&atlas.spots).enumerate() {
        let like = skin.likeness(tone, spot);
        tone.trust = like * tone.seen * spot.bare;
        scratch.known[index] = [tone.level, like, 0.0, 0.0];
        scratch.weights[index] = [tone.trust, spot.bare * tone.seen.max(0.05) * 4.0, 0.0, 0.0];
    }
    spread(&atlas.surface, scratch.known, scratch.weights, scratch.spread);
    // Hair reaches farther than the vertices that it covers: a margin of one vertex, smoothed.
    let near = |vertex: usize| atlas.surface.neighbours(vertex).iter().map(|it| usize::from(*it));
    for vertex in 0..VERTICES {
        let clear = |it: usize| scratch.spread[it][1];
        let least = near(vertex).map(clear).fold(clear(vertex), f32::min);
        scratch.known[vertex][0] = least;
    }
    for (vertex, tone) in tones.iter_mut().enumerate() {
        let around: f32 = near(vertex).map(|it| scratch.known[it][0]).sum();
        let mean = around / atlas.surface.neighbours(vertex).len() as f32;
        tone.level = scratch.spread[vertex][0];
        tone.clear = 0.5 * (scratch.known[vertex][0] + mean);
    }
}

/// Sums the light around each vertex: red, green, blue, and of how many pixels.
fn gather(frame: &FrameView<'_>, face: &FaceInput<'_>, atlas: &Atlas, sums: &mut [[f32; 4]]) {
    let size = frame.size();
    let last = Vec2::new(size.width() as f32, size.height() as f32) - 1.0;
    let light = |place: Vec2| {
        let at = place.floor().clamp(Vec2::ZERO, last);
        let rgb = frame.rgb(at.x as u32, at.y as u32).unwrap_or_default();
        atlas.light(rgb).extend(1.0)
    };
    let place = |vertex: u16| face.landmarks.point(usize::from(vertex)).raw();
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

impl Skin {
    fn of(tones: &[Tone], spots: &[Spot]) -> Self {
        let mut skin = Self {
            level: Vec3::ZERO,
            hue: Vec2::ZERO,
            // At first everything counts alike.
            spread_level: 1e3,
            spread_hue: 1e3,
        };
        for _ in 0..ROUNDS {
            let (mut matrix, mut right) = (Mat3::ZERO, Vec3::ZERO);
            let (mut hue, mut all) = (Vec2::ZERO, 1e-6);
            let each = || tones.iter().zip(spots).filter(|(_, spot)| spot.core > 0.0);
            for (tone, spot) in each() {
                let weight = skin.weight(tone, spot);
                let at = Vec3::new(1.0, spot.across, spot.up);
                matrix += Mat3::from_cols(at * at.x, at * at.y, at * at.z) * weight;
                right += at * (weight * tone.level);
                hue += hue_of(tone) * weight;
                all += weight;
            }
            // Slopes are drawn towards none, so that few vertices do not tilt the whole.
            matrix += Mat3::from_diagonal(Vec3::new(1e-4, 2.0, 2.0));
            let (mut squares_level, mut squares_hue) = (0.0, 0.0);
            let next = Self {
                level: matrix.inverse() * right,
                hue: hue / all,
                ..skin
            };
            for (tone, spot) in each() {
                let weight = skin.weight(tone, spot);
                let (level, hue) = next.differences(tone, spot);
                squares_level += weight * level * level;
                squares_hue += weight * hue.length_squared() * 0.5;
            }
            skin = Self {
                spread_level: (squares_level / all).sqrt().max(0.10),
                spread_hue: (squares_hue / all).sqrt().max(0.05),
                ..next
            };
        }
        skin
    }

    fn differences(self, tone: &Tone, spot: &Spot) -> (f32, Vec2) {
        let expected = self.level.dot(Vec3::new(1.0, spot.across, spot.up));
        (tone.level - expected, hue_of(tone) - self.hue)
    }

    /// Of a vertex while the skin is being found: Welsch's weight.
    fn weight(self, tone: &Tone, spot: &Spot) -> f32 {
        let (level, hue) = self.differences(tone, spot);
        let level = level / (1.5 * self.spread_level);
        let hue = hue / (1.5 * self.spread_hue);
        spot.core * tone.seen * (-0.5 * (level * level + hue.length_squared())).exp()
    }

    /// How far a vertex is skin, 0 to 1: within some three standard deviations and a little. What is too bright is
    /// excused sooner than what is too dark: skin shines.
    fn likeness(self, tone: &Tone, spot: &Spot) -> f32 {
        let (level, hue) = self.differences(tone, spot);
        let level = (-level).max(0.8 * level) / (3.0 * self.spread_level + 0.25);
        let hue = hue.length() / (3.0 * self.spread_hue + 0.06);
        falling(level.max(hue), 0.8, 1.4)
    }
}

fn hue_of(tone: &Tone) -> Vec2 {
    let [red, green, blue] = tone.colour;
    Vec2::new(red - green, blue - green)
}

/// Of linear light: ITU-R BT.709-6, section 3.
pub(crate) fn luminance(light: Vec3) -> f32 {
    light.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

fn share(number: f32) -> f32 {
    if number > 0.0 { number.min(1.0) } else { 0.0 }
}
