//! How far a picture is from the expected one.

use image::{Rgba, RgbaImage};

/// What is expected, and how far off a picture may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tolerance {
    /// By how much a channel of a pixel may differ, of 255; alpha is a channel.
    pub(crate) max_channel: u8,
    /// How many pixels may differ by more.
    pub(crate) pixels: u32,
}

/// How two pictures of one size differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The largest of a channel of a pixel.
    pub(crate) largest: u8,
    /// How many pixels differ by more than the tolerance.
    pub(crate) over: u32,
}

impl Difference {
    /// That of `actual` from `expected`; `None` if they are of different sizes.
    pub(crate) fn of(expected: &RgbaImage, actual: &RgbaImage, tolerance: Tolerance) -> Option<Self> {
        (expected.dimensions() == actual.dimensions()).then(|| {
            let pixels = expected.pixels().zip(actual.pixels());
            pixels.map(|(a, b)| largest(*a, *b)).fold(Self::default(), |sum, difference| Self {
                largest: sum.largest.max(difference),
                over: sum.over + u32::from(difference > tolerance.max_channel),
            })
        })
    }

    /// Whether it is within `tolerance`.
    pub(crate) fn is_within(self, tolerance: Tolerance) -> bool {
        self.over <= tolerance.pixels
    }
}

fn largest(a: Rgba<u8>, b: Rgba<u8>) -> u8 {
    a.0.iter().zip(b.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}

/// What a small difference is multiplied with, to be seen.
const GAIN: u8 = 8;

/// A picture of where two of one size differ: black where they do not, the difference eight times as large where it is
/// tolerated, red where it is not.
pub(crate) fn map(expected: &RgbaImage, actual: &RgbaImage, tolerance: Tolerance) -> RgbaImage {
    RgbaImage::from_fn(expected.width(), expected.height(), |x, y| {
        let (a, b) = (*expected.get_pixel(x, y), *actual.get_pixel(x, y));
        if largest(a, b) > tolerance.max_channel {
            return Rgba([255, 0, 0, 255]);
        }
        let [red, green, blue] = [0, 1, 2].map(|channel| a.0[channel].abs_diff(b.0[channel]).saturating_mul(GAIN));
        Rgba([red, green, blue, 255])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Tolerance = Tolerance {
        max_channel: 3,
        pixels: 2,
    };

    fn grey() -> RgbaImage {
        RgbaImage::from_pixel(5, 4, Rgba([100, 100, 100, 255]))
    }

    #[test]
    fn the_largest_channel_counts_and_alpha_is_one() {
        for (channel, by, over) in [(0, 3, 0), (1, 4, 1), (2, 4, 1), (3, 4, 1)] {
            let mut actual = grey();
            actual.get_pixel_mut(2, 1).0[channel] -= by;
            let difference = Difference::of(&grey(), &actual, TOLERANCE).unwrap();
            assert_eq!(difference, Difference { largest: by, over }, "channel {channel}");
        }
    }

    #[test]
    fn so_many_pixels_and_no_more_may_be_over() {
        for (count, within) in [(0, true), (2, true), (3, false)] {
            let mut actual = grey();
            (0..count).for_each(|x| actual.put_pixel(x, 0, Rgba([0, 0, 0, 255])));
            let difference = Difference::of(&grey(), &actual, TOLERANCE).unwrap();
            assert_eq!((difference.over, difference.is_within(TOLERANCE)), (count, within));
        }
    }

    #[test]
    fn pictures_of_other_sizes_are_not_compared() {
        assert_eq!(Difference::of(&grey(), &RgbaImage::new(4, 5), TOLERANCE), None);
    }

    #[test]
    fn a_map_shows_what_is_tolerated_and_what_is_not() {
        let mut actual = grey();
        actual.put_pixel(1, 0, Rgba([102, 100, 100, 255]));
        actual.put_pixel(2, 0, Rgba([100, 110, 100, 255]));
        let map = map(&grey(), &actual, TOLERANCE);
        let at = |x| map.get_pixel(x, 0).0;
        assert_eq!(at(0), [0, 0, 0, 255]);
        assert_eq!(at(1), [16, 0, 0, 255]);
        assert_eq!(at(2), [255, 0, 0, 255]);
    }
}
