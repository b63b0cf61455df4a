//! The part of a photo that a donor keeps, and how it becomes smaller.

use glam::{Vec2, Vec3};
use moretta_frame::FrameView;
use moretta_geometry::canonical::VERTICES;

use crate::input::FaceInput;
use crate::mip::{self, shares};

/// Red, green, blue, alpha.
pub(super) const BYTES: usize = 4;

/// Columns and rows.
pub(super) type Side2 = [u32; 2];

/// How much of its surroundings is kept on each side, in sizes of the face: what the smaller sizes average at its outline.
const MARGIN: f32 = 0.06;

/// What of a photo is kept, and how large.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// In pixels of the upright photo.
    pub(super) origin: Side2,
    pub(super) extent: Side2,
    /// Columns and rows of the texture.
    pub(super) size: Side2,
}

impl Cut {
    /// The upright rectangle of the face with a margin, as far as it lies in the photo; at least a pixel.
    pub(super) fn of(frame: &FrameView<'_>, face: &FaceInput<'_>, longest_px: u32) -> Self {
        let points = (0..VERTICES).map(|vertex| face.landmarks.point(vertex).raw());
        let (low, high) = points.fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(low, high), point| {
            (low.min(point), high.max(point))
        });
        let photo = [frame.size().width(), frame.size().height()];
        let margin = (high - low).max_element() * MARGIN;
        let (low, high) = (
            (low - margin).floor().to_array(),
            (high + margin).ceil().to_array(),
        );
        // From a float to an integer is limited to what there is.
        let origin = [0, 1].map(|axis| (low[axis] as u32).min(photo[axis].saturating_sub(1)));
        let end = [0, 1].map(|axis| (high[axis] as u32).min(photo[axis]));
        let extent = [0, 1].map(|axis| end[axis].saturating_sub(origin[axis]).max(1));
        let smaller = (extent[0].max(extent[1]) as f32 / longest_px as f32).max(1.0);
        let side = |side: u32| ((side as f32 / smaller).round() as u32).clamp(1, longest_px);
        Self {
            origin,
            extent,
            size: extent.map(side),
        }
    }

    /// Where a place of the photo is in the texture, 0 to 1.
    pub(super) fn place(self, photo_px: Vec2) -> Vec2 {
        let [origin, extent] = [self.origin, self.extent].map(|it| Vec2::from(it.map(|side| side as f32)));
        let place = (photo_px - origin) / extent;
        place.clamp(Vec2::ZERO, Vec2::ONE)
    }

    /// Writes the texels of the first size: the pixels as they are, or the mean light of those that a texel covers.
    pub(super) fn fill(self, frame: &FrameView<'_>, texels: &mut [u8]) {
        let pixel = |x: u32, y: u32| {
            let found = frame.rgb(self.origin[0] + x, self.origin[1] + y);
            found.unwrap_or_default()
        };
        let places = (0..self.size[1]).flat_map(|y| (0..self.size[0]).map(move |x| (x, y)));
        for ((x, y), texel) in places.zip(texels.as_chunks_mut::<BYTES>().0) {
            let [red, green, blue] = if self.size == self.extent {
                pixel(x, y)
            } else {
                let mut sum = Vec3::ZERO;
                for (row, down) in covered(y, self.extent[1], self.size[1]) {
                    for (column, along) in covered(x, self.extent[0], self.size[0]) {
                        let light = pixel(column, row).map(decoded);
                        sum += Vec3::from(light) * (down * along);
                    }
                }
                sum.to_array().map(encoded)
            };
            *texel = [red, green, blue, u8::MAX];
        }
    }
}

/// What the texel at `at` of `few` covers of `many`, with the share of each.
fn covered(at: u32, many: u32, few: u32) -> impl Iterator<Item = (u32, f32)> {
    let length = many as f32 / few as f32;
    let (start, end) = (at as f32 * length, (at + 1) as f32 * length);
    (start as u32..(end.ceil() as u32).min(many)).filter_map(move |pixel| {
        let share = (end.min((pixel + 1) as f32) - start.max(pixel as f32)) / length;
        (share > 1e-4).then_some((pixel, share))
    })
}

/// Makes the picture of `size` at the start of `texels` one of half the size, `half`, there: no texel is overwritten before
/// all that are made of it are.
pub(super) fn halve(texels: &mut [u8], size: Side2, half: Side2) {
    let [width, height] = size.map(|side| side as usize);
    let [few, rows] = half.map(|side| side as usize);
    for y in 0..rows {
        for x in 0..few {
            let mut sum = Vec3::ZERO;
            for (row, down) in shares(y, height, rows) {
                for (column, along) in shares(x, width, few) {
                    let at = (row * width + column) * BYTES;
                    let light = [0, 1, 2].map(|channel| decoded(texels[at + channel]));
                    sum += Vec3::from(light) * (down * along);
                }
            }
            let [red, green, blue] = sum.to_array().map(encoded);
            texels[(y * few + x) * BYTES..][..BYTES].copy_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
}

/// The next smaller size.
pub(super) fn half(size: Side2) -> Side2 {
    size.map(|side| (side / 2).max(1))
}

fn decoded(level: u8) -> f32 {
    mip::linear_from_srgb(f32::from(level) / 255.0)
}

pub(super) fn encoded(light: f32) -> u8 {
    (mip::srgb_from_linear(light.min(1.0)) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_means_in_linear_light_down_to_one_texel() {
        for (width, height) in [(8, 8), (7, 5), (9, 1), (1, 6), (3, 2)] {
            // Columns of black and white: a mean of half the light, whatever the size.
            let mut texels: Vec<u8> = (0..height)
                .flat_map(|_| (0..width).map(|x| if x < width / 2 { 0 } else { 255 }))
                .flat_map(|level: u8| [level, level, level, 255])
                .collect();
            let expected = (width - width / 2) as f32 / width as f32;
            let mut size = [width, height];
            while size != [1, 1] {
                let smaller = half(size);
                halve(&mut texels, size, smaller);
                size = smaller;
            }
            let found = decoded(texels[0]);
            assert!(
                (found - expected).abs() < 0.03,
                "{width} x {height}: {found}, {expected}"
            );
            assert_eq!(texels[3], 255);
        }
    }

    #[test]
    fn what_texels_cover_comes_to_all_there_is() {
        for (many, few) in [(2000, 1024), (1025, 1024), (3, 2), (7, 7), (1, 1)] {
            let mut sums = vec![0.0; many as usize];
            for at in 0..few {
                let mut sum = 0.0;
                for (pixel, share) in covered(at, many, few) {
                    sums[pixel as usize] += share;
                    sum += share;
                }
                assert!((sum - 1.0).abs() < 1e-2, "{many}, {few}, {at}: {sum}");
            }
            let each = few as f32 / many as f32;
            assert!(sums.iter().all(|it| (it - each).abs() < 1e-2), "{many}, {few}");
        }
    }
}
