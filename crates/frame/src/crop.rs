use moretta_space::{CropPx, Size};

use crate::region::SampleGrid;
use crate::view::{Axis, Packed, Pixels, Plane};
use crate::{FrameError, FrameView, Region};

/// What a network wants its crop to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropSpec {
    /// Columns and rows.
    pub size: Size<CropPx>,
    /// What is seen beyond the frame.
    pub border: Border,
    /// What stands for black and for white.
    pub range: ValueRange,
    /// In which order the values lie.
    pub order: ChannelOrder,
}

/// What a [`Region`] sees where it reaches beyond the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Border {
    /// Black.
    Zero,
    /// The nearest pixel of the frame.
    Replicate,
}

/// What stands for black and for white in a crop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueRange {
    /// 0 is black, 1 is white.
    Unit,
    /// -1 is black, 1 is white.
    Signed,
}

/// In which order the values of a crop lie. Either way red comes before green before blue, and a row is
/// written from left to right before the next below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelOrder {
    /// All of one channel, then all of the next: `1 x 3 x height x width`.
    Nchw,
    /// Pixel by pixel: `1 x height x width x 3`.
    Nhwc,
}

/// How many pixels of a row are sampled at once: some times the widest vectors, and little stack.
const RUN: usize = 64;

/// A pixel is divided into this many steps, and a blend weight is a multiple of one of them.
///
/// # Source
/// OpenCV 4, `imgproc.hpp`, `INTER_BITS`; the reference's accuracy tests depend on it.
const STEPS: i32 = 1 << STEP_BITS;
const STEP_BITS: u32 = 5;

impl FrameView<'_> {
    /// Samples `region` of the upright frame into `out`, straight from the planes as they lie.
    ///
    /// `out` has the order and the range of `spec`. Each value is blended from the [`rgb`](Self::rgb) of four
    /// pixels, rounded to one of 256 levels and then brought into the range, so the result does not depend on
    /// the format or the orientation in which the camera delivered the frame. A region larger than the crop
    /// is sampled and not averaged, so that the cost depends on the crop and not on the frame.
    ///
    /// [`Region`] tells where the samples lie. The weights of the four are multiples of 1/32 on each axis.
    ///
    /// # Errors
    /// [`FrameError::CropLength`] if `out` is not three values for each pixel long.
    ///
    /// # Source
    /// MediaPipe, `calculators/tensor/image_to_tensor_converter_opencv.cc`; OpenCV 4, `warpPerspective` with
    /// `INTER_LINEAR` on 8-bit pixels.
    pub fn crop(&self, region: Region, spec: &CropSpec, out: &mut [f32]) -> Result<(), FrameError> {
        let (width, height) = (spec.size.width() as usize, spec.size.height() as usize);
        let channel = width.checked_mul(height);
        let expected = channel
            .and_then(|channel| channel.checked_mul(3))
            .unwrap_or(usize::MAX);
        if out.len() != expected {
            return Err(FrameError::CropLength {
                expected,
                found: out.len(),
            });
        }
        let grid = region.sample_grid(spec.size);
        let mut run = Run::new();
        for y in 0..height {
            for x in (0..width).step_by(RUN) {
                let len = RUN.min(width - x);
                run.locate(&grid, x, y, self.axes, spec.border);
                run.blend(&self.pixels);
                match spec.order {
                    ChannelOrder::Nchw => {
                        for (levels, out) in run.levels.iter().zip(out.chunks_exact_mut(width * height)) {
                            let out = &mut out[y * width + x..][..len];
                            for (out, level) in out.iter_mut().zip(levels) {
                                *out = spec.range.value(*level);
                            }
                        }
                    }
                    ChannelOrder::Nhwc => {
                        let out = &mut out[(y * width + x) * 3..][..len * 3];
                        let [red, green, blue] = &run.levels;
                        for (i, out) in out.as_chunks_mut().0.iter_mut().enumerate() {
                            *out = [red[i], green[i], blue[i]].map(|level| spec.range.value(level));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl ValueRange {
    /// The value of a level of 0 to 255. Its two operations, not one fused, are the reference's.
    #[inline(always)]
    fn value(self, level: u16) -> f32 {
        let (scale, offset) = match self {
            Self::Unit => (1.0 / 255.0, 0.0),
            Self::Signed => (2.0 / 255.0, -1.0),
        };
        f32::from(level) * scale + offset
    }
}

/// Some pixels of a row of the crop, on their way from places to levels.
///
/// Each of their parts has an array of its own, on which the compiler's vectors work. What the arrays hold of
/// pixels beyond the end of the row is worked out too, and left.
struct Run {
    /// The two neighbours of each sample along each axis of the *buffer*.
    near: [[Neighbour; 2]; 2],
    /// Red, green and blue, 0 to 255.
    levels: [[u16; RUN]; 3],
}

/// A neighbour of each sample, along one axis.
#[derive(Clone, Copy)]
struct Neighbour {
    /// Its coordinate in the buffer.
    at: [u32; RUN],
    /// Its weight, 0 to 32.
    weight: [u16; RUN],
}

impl Run {
    fn new() -> Self {
        let neighbour = Neighbour {
            at: [0; RUN],
            weight: [0; RUN],
        };
        Self {
            near: [[neighbour; 2]; 2],
            levels: [[0; RUN]; 3],
        }
    }

    /// Finds the neighbours of the crop's pixels from column `x` on in row `y`.
    ///
    /// 1. The sample's place, in steps of 1/32 of a pixel, to the nearest;
    /// 2. the pixel whose centre lies before it and the next one, weighted by nearness;
    /// 3. each moved to the frame's edge where it is beyond, and without weight if black is seen there;
    /// 4. counted as the buffer counts.
    fn locate(&mut self, grid: &SampleGrid, x: usize, y: usize, axes: [Axis; 2], border: Border) {
        for (k, axis) in axes.into_iter().enumerate() {
            let scale = f64::from(STEPS);
            let (start, column) = (
                (grid.origin[k] + grid.row[k] * y as f64) * scale,
                grid.column[k] * scale,
            );
            let place = |i: usize| start + column * f64::from((x + i) as i32);
            let mut steps = [0; RUN];
            for (i, steps) in steps.iter_mut().enumerate() {
                *steps = nearest(place(i));
            }
            let last = axis.last as i32;
            for (side, neighbour) in self.near[axis.along].iter_mut().enumerate() {
                for (i, step) in steps.into_iter().enumerate() {
                    let (before, part) = (step >> STEP_BITS, step & (STEPS - 1));
                    let at = before + side as i32;
                    let weight = if side == 0 { STEPS - part } else { part };
                    // Not `clamp`, nor `||` below: without a branch the compiler makes vectors of it.
                    let inside = at.max(0).min(last);
                    let seen = (inside == at) | (border == Border::Replicate);
                    neighbour.at[i] = axis.in_buffer(inside as u32);
                    neighbour.weight[i] = weight as u16 * u16::from(seen);
                }
            }
        }
    }

    /// Blends the pixels round each sample: along the rows first, which gives up to 255 * 32, then between
    /// the two rows. Nothing is rounded before the end.
    fn blend(&mut self, pixels: &Pixels<'_>) {
        let [[left, right], rows] = &self.near;
        let mut sums = [[[0_u16; RUN]; 3]; 2];
        for (row, sums) in rows.iter().zip(&mut sums) {
            let (at_left, at_right) = (pixels.gather(left, row), pixels.gather(right, row));
            for ((sum, at_left), at_right) in sums.iter_mut().zip(&at_left).zip(&at_right) {
                for i in 0..RUN {
                    sum[i] =
                        u16::from(at_left[i]) * left.weight[i] + u16::from(at_right[i]) * right.weight[i];
                }
            }
        }
        let ([above, below], [above_sums, below_sums]) = (rows, &sums);
        for ((levels, above_sum), below_sum) in self.levels.iter_mut().zip(above_sums).zip(below_sums) {
            for i in 0..RUN {
                let sum = u32::from(above_sum[i]) * u32::from(above.weight[i])
                    + u32::from(below_sum[i]) * u32::from(below.weight[i]);
                levels[i] = ((sum + (1 << (2 * STEP_BITS)) / 2) >> (2 * STEP_BITS)) as u16;
            }
        }
    }
}

/// The whole number nearest to `value`, the even one of two: what `f64::round_ties_even` and a cast do, but that is a call
/// of a function on processors without an instruction for it.
///
/// Of at most 2^31, which places that are read are well within: a [`Region`] is limited. What is beyond is some number.
#[inline(always)]
fn nearest(value: f64) -> i32 {
    // Next to 1.5 * 2^52, numbers are 1 apart, and the low bits are their distance from it.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    (value + WHOLE).to_bits() as i32
}

impl Pixels<'_> {
    /// Red, green and blue of the pixels at `column` and `row`.
    fn gather(&self, column: &Neighbour, row: &Neighbour) -> [[u8; RUN]; 3] {
        match self {
            Self::Packed(packed) => packed.gather(column, row),
            Self::Yuv(yuv) => {
                let y = yuv.y.gather(column, row, 0);
                let u = yuv.u.gather(column, row, 1);
                let v = yuv.v.gather(column, row, 1);
                yuv.colour.rgb_from_yuv(&y, &u, &v)
            }
        }
    }
}

impl Packed<'_> {
    fn gather(&self, column: &Neighbour, row: &Neighbour) -> [[u8; RUN]; 3] {
        let mut pixels = [0; RUN];
        for (i, pixel) in pixels.iter_mut().enumerate() {
            let start = self.plane.offset([column.at[i] as usize, row.at[i] as usize]);
            let (four, _) = self.plane.bytes[start..start + 4].as_chunks();
            *pixel = u32::from_le_bytes(four[0]);
        }
        let channel = |shift: u32| pixels.map(|pixel| (pixel >> shift) as u8);
        let [first, second, third] = [0, 8, 16].map(channel);
        if self.bgra {
            [third, second, first]
        } else {
            [first, second, third]
        }
    }
}

impl Plane<'_> {
    fn gather(&self, column: &Neighbour, row: &Neighbour, halvings: u32) -> [u8; RUN] {
        let mut samples = [0; RUN];
        for (i, sample) in samples.iter_mut().enumerate() {
            let at = [column.at[i], row.at[i]].map(|along| (along >> halvings) as usize);
            *sample = self.bytes[self.offset(at)];
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_is_that_of_the_standard_library() {
        for quarter in -400_000..400_000 {
            let value = f64::from(quarter) * 0.25;
            assert_eq!(f64::from(nearest(value)), value.round_ties_even(), "{value}");
        }
        assert_eq!(nearest(f64::from(1 << 30) - 0.75), (1 << 30) - 1);
        assert_eq!(nearest(f64::from(-(1 << 30))), -(1 << 30));
    }

    #[test]
    fn black_and_white_are_the_ends_of_the_range() {
        for (range, black, white) in [(ValueRange::Unit, 0.0, 1.0), (ValueRange::Signed, -1.0, 1.0)] {
            assert_eq!((range.value(0), range.value(255)), (black, white), "{range:?}");
            assert!((range.value(51) - (black + (white - black) * 0.2)).abs() < 1e-6);
        }
    }
}
