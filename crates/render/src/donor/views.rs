//! A donor of several photos of one head: its face unwrapped into one texture.
//!
//! Each photo is unwrapped as it comes, and let go of, so that there is one at a time:
//!
//! 1. How well it shows each vertex: how squarely, unhidden, and with how many pixels. The photo that shows it best rules, and
//!    between two that show it as well there is a smooth way from one to the other.
//! 2. Its colours are brought to those of the first one, by one gain a channel over the skin that both show.
//! 3. Each texel is the mean of what the photos show there, by these weights; so is the skin of each vertex.
//! 4. How the face rests is taken from the photo that it looks into most.
//!
//! What no photo shows is taken from the mirrored side by vertex, as with one photo. Around the outline each texel is as its
//! nearest on the outline, so that smaller sizes have no wall in them.

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3, Vec4};
use half::f16;
use moretta_frame::FrameView;
use moretta_geometry::canonical::{self, VERTICES, triangles};
use moretta_geometry::region;
use moretta_veil::{Access, FaceBuffer, Keep};

use super::cut::{BYTES, Cut, encoded};
use super::{Donors, LONGEST_PX, Sitter};
use crate::input::FaceInput;
use crate::renderer::Shared;
use crate::swap::atlas::Atlas;
use crate::swap::complexion::{Tone, luminance};
use crate::swap::{Swaps, shape, turned};
use crate::{RenderError, stack};

/// Columns and rows of the texture.
const SIDE: usize = 768;
/// How steeply the photo rules that shows a vertex more squarely: of two in between whose sights there are 45 degrees, a
/// photo counts an eighth of the other where that sees it straight.
const SQUARELY: i32 = 6;
/// What a photo counts where it shows nothing: something has to be there.
const LEAST: f32 = 1e-6;
/// How far colours of skin lie apart before they count less for the gain, as logarithms, and how often it is fitted.
const APART: f32 = 0.25;
const ROUNDS: usize = 8;
/// With less skin that both show, in vertices, colours stay as they are.
const LEAST_SKIN: f32 = 8.0;
/// No gain is more than this many times brighter or darker, as a logarithm.
const MOST_GAIN: f32 = 1.4;

/// The light of a texel, and what it counts, in half precision: as numbers of 32 bits they would take more memory than an
/// ordinary user of Linux may lock.
type Texel = [u16; 4];

/// What the photos so far come to.
pub(super) struct Views {
    merged: FaceBuffer<Merged>,
    /// The light of each texel, and what it counts.
    texels: FaceBuffer<Texel>,
}

/// Face data.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Merged {
    sitter: Sitter,
    /// How many photos there were.
    count: u32,
    /// How far the head is from looking straight into the photo that it looks into most, in radians.
    away: f32,
    unused: [f32; 2],
    /// The skin in the first photo, and in the one at hand.
    first: [Tone; VERTICES],
    now: [Tone; VERTICES],
    /// Where each vertex of the one at hand is in it, and what it counts there; what all before it count.
    places: [[f32; 4]; VERTICES],
    before: [f32; VERTICES],
}

impl Donors {
    /// Takes `face` of a photo in as one more view of a donor to be; `first` begins with one.
    ///
    /// On an error nothing is kept of this view, nor of those before.
    ///
    /// # Errors
    /// [`RenderError::TooManyDonors`], [`RenderError::Memory`].
    pub(crate) fn view(
        &mut self,
        access: &Access<'_>,
        shared: &Shared,
        swaps: &mut Swaps,
        first: bool,
        (frame, face): (&FrameView<'_>, &FaceInput<'_>),
    ) -> Result<(), RenderError> {
        // First, so that an error leaves none.
        let before = self.views.take().filter(|_| !first);
        self.has_room()?;
        let mut views = match before {
            Some(views) => views,
            None => Views {
                merged: access.reserve(Keep::Session, 1)?,
                texels: access.reserve(Keep::Session, SIDE * SIDE)?,
            },
        };
        let merged = &mut views.merged.view_mut(access)[0];
        swaps.read_photo(access, &shared.atlas, frame, face, &mut merged.now)?;
        let cut = Cut::of(frame, face, LONGEST_PX);
        let bytes = cut.size[0] as usize * cut.size[1] as usize * BYTES;
        let mut photo = access.reserve(Keep::Frame, bytes)?;
        let photo: &mut [u8] = photo.view_mut(access);
        cut.fill(frame, photo);
        merged.weigh(&shared.atlas, face, cut);
        let gain = merged.gain(&shared.atlas);
        merged.add(face, gain);
        let texels = views.texels.view_mut(access);
        unwrap(&shared.atlas, &merged.places, (photo, cut), gain.exp(), texels);
        self.views = Some(views);
        Ok(())
    }

    /// Makes the donor called `key` of the views, and lets go of them. Without a view there is none.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(crate) fn add_views(
        &mut self,
        access: &Access<'_>,
        shared: &Shared,
        key: u64,
    ) -> Result<(), RenderError> {
        let Some(mut views) = self.views.take() else {
            return Ok(());
        };
        self.has_room()?;
        let mut sitter: FaceBuffer<Sitter> = access.reserve(Keep::Session, 1)?;
        let merged = &mut views.merged.view_mut(access)[0];
        for (place, uv) in merged.sitter.places.iter_mut().zip(canonical::uvs()) {
            *place = uv.raw().to_array();
        }
        sitter.view_mut(access)[0] = merged.sitter;
        let light = views.texels.view(access);
        let fill = |texels: &mut [u8]| finish(light, texels);
        let size = [SIDE as u32; 2];
        stack::overwrite();
        self.keep(access, shared, (key, sitter), size, fill)
    }

    /// Lets go of the views of a donor that is not to be.
    pub(crate) fn forget_views(&mut self) {
        self.views = None;
    }
}

impl Merged {
    /// Works out where the vertices of the photo at hand are in it, and what each counts.
    fn weigh(&mut self, atlas: &Atlas, face: &FaceInput<'_>, cut: Cut) {
        let place = |vertex: u16| face.metric.point(usize::from(vertex)).raw();
        self.places = [[0.0; 4]; VERTICES];
        for corners in triangles() {
            let [a, b, c] = corners.map(place);
            let normal = (b - a).cross(c - a);
            for vertex in corners {
                let sum = &mut self.places[usize::from(*vertex)];
                *sum = (Vec3::from_slice(sum) + normal).extend(0.0).to_array();
            }
        }
        // With fewer pixels than texels it is blurred.
        let side = cut.extent[0].max(cut.extent[1]) as f32 / SIDE as f32;
        let fine = side.min(1.0).powi(2);
        for (vertex, number) in self.places.iter_mut().enumerate() {
            let normal = Vec3::from_slice(number).normalize_or_zero();
            let sight = -place(vertex as u16).normalize_or_zero();
            let squarely = normal.dot(sight).clamp(0.0, 1.0).powi(SQUARELY);
            let tone = &self.now[vertex];
            let hair = 1.0 - atlas.spots[vertex].hair * (1.0 - tone.clear);
            let [x, y] = cut.place(face.landmarks.point(vertex).raw()).to_array();
            *number = [x, y, squarely * tone.open() * hair * fine + LEAST, 0.0];
        }
    }

    /// By what the light of the photo at hand is multiplied to be that of the first one, as logarithms: Welsch's weight, see
    /// docs/SWAP.md.
    fn gain(&self, atlas: &Atlas) -> Vec3 {
        if self.count == 0 {
            return Vec3::ZERO;
        }
        let pairs = || {
            let tones = self.first.iter().zip(&self.now).zip(&atlas.spots);
            tones.map(|((first, now), spot)| {
                let apart = Vec3::from(first.colour) - Vec3::from(now.colour);
                (apart, first.trust * now.trust * (0.2 + 0.8 * spot.core))
            })
        };
        let (mut gain, mut reach) = (Vec3::ZERO, 8.0 * APART);
        for _ in 0..ROUNDS {
            let (mut sum, mut all) = (Vec3::ZERO, 0.0);
            for (apart, weight) in pairs() {
                let far = apart.distance(gain) / reach;
                let weight = weight * (-far * far).exp();
                sum += apart * weight;
                all += weight;
            }
            if all < LEAST_SKIN {
                return Vec3::ZERO;
            }
            gain = sum / all;
            reach = (reach * 0.5).max(APART);
        }
        gain.clamp(Vec3::splat(-MOST_GAIN), Vec3::splat(MOST_GAIN))
    }

    /// Adds what is known of the photo at hand to what is known of those before.
    fn add(&mut self, face: &FaceInput<'_>, gain: Vec3) {
        for (vertex, now) in self.now.iter_mut().enumerate() {
            let colour = Vec3::from(now.colour);
            let brighter = luminance((colour + gain).exp()) / luminance(colour.exp());
            now.colour = (colour + gain).to_array();
            now.level += brighter.ln();
            let (weight, before) = (self.places[vertex][2], &mut self.before[vertex]);
            let known = &mut self.sitter.tones[vertex];
            let seen = known.seen.max(now.seen);
            *known = Tone {
                seen,
                ..known.mixed(*now, weight / (*before + weight))
            };
            *before += weight;
        }
        let angles = face.pose.angles();
        let away = Vec2::new(angles.yaw_rad, angles.pitch_rad).length();
        if self.count == 0 {
            self.first = self.now;
        }
        if self.count == 0 || away < self.away {
            self.away = away;
            for (vertex, resting) in self.sitter.resting.iter_mut().enumerate() {
                *resting = shape::resting(face.pose, face.metric, vertex).to_array();
            }
        }
        self.sitter.turned = self.sitter.turned.max(turned(face.pose));
        self.count += 1;
        bytemuck::fill_zeroes(&mut self.now);
    }
}

/// Adds the light of a photo, cut to its face, to `texels`; `places` says where vertices are in it and what they count.
fn unwrap(
    atlas: &Atlas,
    places: &[[f32; 4]; VERTICES],
    (photo, cut): (&[u8], Cut),
    gain: Vec3,
    texels: &mut [Texel],
) {
    let [width, height] = cut.size.map(|side| side as usize);
    let last = Vec2::new((width - 1) as f32, (height - 1) as f32);
    let pixel = |x: usize, y: usize| {
        let at = (y * width + x) * BYTES;
        atlas.light([photo[at], photo[at + 1], photo[at + 2]])
    };
    let light = |place: Vec2| {
        let at = (place * (last + 1.0) - 0.5).clamp(Vec2::ZERO, last);
        let (x, y) = (at.x as usize, at.y as usize);
        let (right, below) = ((x + 1).min(width - 1), (y + 1).min(height - 1));
        let within = at.fract();
        let upper = pixel(x, y).lerp(pixel(right, y), within.x);
        upper.lerp(pixel(x, below).lerp(pixel(right, below), within.x), within.y)
    };
    for corners in triangles() {
        let vertex = corners.map(usize::from);
        each_texel(vertex.map(uv_texels), |index, shares| {
            let mut sum = Vec3::ZERO;
            for (vertex, share) in vertex.into_iter().zip(shares) {
                sum += Vec3::from_slice(&places[vertex]) * share;
            }
            let weight = sum.z.max(LEAST);
            let texel = &mut texels[index];
            let known = whole(*texel);
            let now = light(sum.truncate()) * gain;
            let all = known.w + weight;
            *texel = halved(known.truncate().lerp(now, weight / all).extend(all));
        });
    }
}

fn whole(texel: Texel) -> Vec4 {
    Vec4::from(texel.map(|it| f16::from_bits(it).to_f32()))
}

fn halved(texel: Vec4) -> Texel {
    texel.to_array().map(|it| f16::from_f32(it).to_bits())
}

/// Where a vertex is in the texture, in texels.
fn uv_texels(vertex: usize) -> Vec2 {
    canonical::uvs()[vertex].raw() * SIDE as f32
}

/// The texels whose middles lie in a triangle, and the shares of its corners.
fn each_texel([a, b, c]: [Vec2; 3], mut with: impl FnMut(usize, [f32; 3])) {
    let area = (b - a).perp_dot(c - a);
    if area == 0.0 {
        return;
    }
    let least = Vec2::ZERO;
    let most = Vec2::splat(SIDE as f32);
    let low = a.min(b).min(c).floor().clamp(least, most);
    let high = a.max(b).max(c).ceil().clamp(least, most);
    for y in low.y as usize..high.y as usize {
        for x in low.x as usize..high.x as usize {
            let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let shares = [
                (b - at).perp_dot(c - at) / area,
                (c - at).perp_dot(a - at) / area,
                (a - at).perp_dot(b - at) / area,
            ];
            if shares.iter().all(|share| *share >= 0.0) {
                with(y * SIDE + x, shares);
            }
        }
    }
}

/// Writes the texture.
fn finish(light: &[Texel], texels: &mut [u8]) {
    let oval = region::FACE_OVAL.map(|vertex| uv_texels(usize::from(vertex)));
    let middle = Vec2::splat(SIDE as f32 * 0.5);
    for (index, texel) in texels.as_chunks_mut::<BYTES>().0.iter_mut().enumerate() {
        let mut from = whole(light[index]);
        if from.w == 0.0 {
            let at = Vec2::new((index % SIDE) as f32 + 0.5, (index / SIDE) as f32 + 0.5);
            let mut inside = nearest(&oval, at);
            // On the outline a texel may be on either side of it.
            for _ in 0..4 {
                let at = inside.clamp(Vec2::ZERO, Vec2::splat((SIDE - 1) as f32));
                from = whole(light[at.y as usize * SIDE + at.x as usize]);
                if from.w > 0.0 {
                    break;
                }
                inside += (middle - inside).normalize_or_zero();
            }
        }
        let [red, green, blue] = from.truncate().to_array().map(encoded);
        *texel = [red, green, blue, u8::MAX];
    }
}

/// The place on a ring that is nearest.
fn nearest(ring: &[Vec2], at: Vec2) -> Vec2 {
    let mut best = (f32::INFINITY, at);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let along = *b - *a;
        let share = (at - *a).dot(along) / along.length_squared();
        let place = *a + along * share.clamp(0.0, 1.0);
        let far = place.distance_squared(at);
        if far < best.0 {
            best = (far, place);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(colour: Vec3, trust: f32) -> Tone {
        Tone {
            colour: colour.to_array(),
            trust,
            seen: 1.0,
            ..Tone::zeroed()
        }
    }

    #[test]
    fn a_gain_is_that_of_the_skin_and_not_of_what_is_before_it() {
        let atlas = Atlas::new();
        let (skin, dimmer) = (Vec3::new(-1.0, -1.6, -2.0), Vec3::new(-0.7, -0.6, -0.8));
        let gain = |odd: usize| {
            let mut merged = Box::new(Merged::zeroed());
            merged.count = 1;
            for vertex in 0..VERTICES {
                let before = if vertex % 10 < odd {
                    Vec3::splat(2.0)
                } else {
                    Vec3::ZERO
                };
                merged.first[vertex] = tone(skin, 1.0);
                merged.now[vertex] = tone(skin + dimmer + before, 1.0);
            }
            merged.gain(&atlas)
        };
        assert!(gain(0).distance(-dimmer) < 1e-3, "{}", gain(0));
        // A hand, brighter by far, before three tenths of it; the plain mean would be 0.6 off.
        assert!(gain(3).distance(-dimmer) < 0.05, "{}", gain(3));
        assert!(gain(10).distance(-dimmer) > 1.0, "the control: {}", gain(10));
    }

    #[test]
    fn a_gain_needs_skin_that_both_show() {
        let mut merged = Box::new(Merged::zeroed());
        merged.count = 1;
        for (first, now) in merged.first.iter_mut().zip(&mut merged.now) {
            (*first, *now) = (tone(Vec3::ZERO, 0.0), tone(Vec3::ONE, 1.0));
        }
        assert_eq!(merged.gain(&Atlas::new()), Vec3::ZERO);
        merged.first.iter_mut().for_each(|it| it.trust = 1.0);
        assert!(merged.gain(&Atlas::new()).x < -0.9, "the control");
    }

    #[test]
    fn every_texel_has_a_colour_and_the_outline_goes_on() {
        let mut light = vec![[0; 4]; SIDE * SIDE];
        for corners in triangles() {
            each_texel(corners.map(|it| uv_texels(usize::from(it))), |index, shares| {
                assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-2);
                // Red on the left, green on the right.
                let left = f32::from(u8::from(index % SIDE < SIDE / 2));
                light[index] = halved(Vec4::new(left, 1.0 - left, 0.0, 1.0));
            });
        }
        let covered = light.iter().filter(|it| whole(**it).w > 0.0).count();
        assert!(
            (SIDE * SIDE * 6 / 10..SIDE * SIDE).contains(&covered),
            "{covered}"
        );
        let mut texels = vec![0; SIDE * SIDE * BYTES];
        finish(&light, &mut texels);
        let black = texels
            .as_chunks::<BYTES>()
            .0
            .iter()
            .filter(|it| it[..2] == [0, 0])
            .count();
        assert_eq!(black, 0);
        let at = |x: usize, y: usize| &texels[(y * SIDE + x) * BYTES..][..BYTES];
        assert_eq!(at(0, 0), [255, 0, 0, 255]);
        assert_eq!(at(SIDE - 1, SIDE - 1), [0, 255, 0, 255]);
    }

    #[test]
    fn the_best_seen_rules_and_the_rest_fills_in() {
        // Of two photos, one colour each, where one or the other or neither is seen.
        let atlas = Atlas::new();
        let cut = Cut {
            origin: [0; 2],
            extent: [2; 2],
            size: [2; 2],
        };
        let mut light = vec![[0; 4]; SIDE * SIDE];
        for (photo, weight) in [(200_u8, 0.9), (50, 0.1)] {
            let photo = [photo, photo, photo, 255].repeat(4);
            let places = [[0.5, 0.5, weight, 0.0]; VERTICES];
            unwrap(&atlas, &places, (&photo, cut), Vec3::ONE, &mut light);
        }
        let nose = uv_texels(4);
        let found = whole(light[nose.y as usize * SIDE + nose.x as usize]).x;
        let of = |level: u8| atlas.light([level; 3]).x;
        let expected = 0.9 * of(200) + 0.1 * of(50);
        assert!((found - expected).abs() < 0.01, "{found:?}, {expected}");
        assert!(found > of(180), "the control");
    }
}
