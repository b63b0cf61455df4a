use moretta_space::{CropPx, Size};

use crate::region::SampleGrid;
use crate::view::{Axis, Packed, Pixels, Plane, Yuv};
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

/// In which order the values of a crop lie. Either way red comes before green before blue, and a row is written from
/// left to right before the next below.
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
/// OpenCV 4, `imgproc.hpp`, `INTER_TAB_SIZE`; the reference's accuracy tests depend on it.
const STEPS: i32 = 32;

impl FrameView<'_> {
    /// Samples `region` of the upright frame into `out`, straight from the planes as they lie.
    ///
    /// `out` has the order and the range of `spec`. Each value is blended from the [`rgb`](Self::rgb) of four pixels,
    /// rounded to one of 256 levels and then brought into the range, so the result does not depend on the format or
    /// the orientation in which the camera delivered the frame. A region larger than the crop is sampled and not
    /// averaged, so that the cost depends on the crop and not on the frame.
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
                run.sample(&self.pixels, len);
                let rgb = run
                    .levels()
                    .map(|channel| channel.map(|level| spec.range.value(level)));
                match spec.order {
                    ChannelOrder::Nchw => {
                        for (channel, out) in rgb.iter().zip(out.chunks_exact_mut(width * height)) {
                            out[y * width + x..][..len].copy_from_slice(&channel[..len]);
                        }
                    }
                    ChannelOrder::Nhwc => {
                        let out = &mut out[(y * width + x) * 3..][..len * 3];
                        for (i, out) in out.as_chunks_mut().0.iter_mut().enumerate() {
                            *out = rgb.map(|channel| channel[i]);
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
    fn value(self, level: u32) -> f32 {
        let (scale, offset) = match self {
            Self::Unit => (1.0 / 255.0, 0.0),
            Self::Signed => (2.0 / 255.0, -1.0),
        };
        level as f32 * scale + offset
    }
}

/// Some pixels of a row of the crop. Their parts lie in arrays of their own, on which the compiler's vectors work.
struct Run {
    /// The two neighbours of each sample along each axis of the *buffer*.
    near: [[Neighbour; 2]; 2],
    /// Red, green and blue, times 1024.
    sums: [[u32; RUN]; 3],
}

/// A neighbour of each sample, along one axis.
#[derive(Clone, Copy)]
struct Neighbour {
    /// Its coordinate in the buffer.
    at: [u32; RUN],
    /// Its weight, 0 to 32.
    weight: [u32; RUN],
}

impl Run {
    fn new() -> Self {
        let neighbour = Neighbour {
            at: [0; RUN],
            weight: [0; RUN],
        };
        Self {
            near: [[neighbour; 2]; 2],
            sums: [[0; RUN]; 3],
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
            let row = grid.origin[k] + grid.row[k] * y as f64;
            let last = axis.last as i32;
            let [low, high] = &mut self.near[axis.along];
            for i in 0..RUN {
                let steps = nearest((row + grid.column[k] * (x + i) as f64) * f64::from(STEPS));
                let (before, part) = (steps.div_euclid(STEPS), steps.rem_euclid(STEPS));
                for (neighbour, at, weight) in
                    [(&mut *low, before, STEPS - part), (&mut *high, before + 1, part)]
                {
                    let inside = at.clamp(0, last);
                    let seen = inside == at || border == Border::Replicate;
                    neighbour.at[i] = axis.in_buffer(inside as u32);
                    neighbour.weight[i] = if seen { weight as u32 } else { 0 };
                }
            }
        }
    }

    /// Blends the first `len` samples from the pixels round each; the rest is as it was.
    fn sample(&mut self, pixels: &Pixels<'_>, len: usize) {
        self.sums = [[0; RUN]; 3];
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (column, row) = (&self.near[0][column], &self.near[1][row]);
            let rgb = match pixels {
                Pixels::Packed(packed) => packed.gather(column, row, len),
                Pixels::Yuv(yuv) => yuv.gather(column, row, len),
            };
            for (sum, channel) in self.sums.iter_mut().zip(&rgb) {
                for i in 0..RUN {
                    sum[i] += column.weight[i] * row.weight[i] * u32::from(channel[i]);
                }
            }
        }
    }

    /// Red, green and blue as levels of 0 to 255, to the nearest.
    fn levels(&self) -> [[u32; RUN]; 3] {
        const ONE: u32 = (STEPS * STEPS) as u32;
        self.sums.map(|channel| channel.map(|sum| (sum + ONE / 2) / ONE))
    }
}

/// The whole number nearest to `value`, the even one of two: what `f64::round_ties_even` and a cast do, but that is a
/// call of a function on processors without an instruction for it.
///
/// What is beyond 2^30 becomes 2^30, which is far outside each frame.
#[inline(always)]
fn nearest(value: f64) -> i32 {
    const LIMIT: f64 = (1 << 30) as f64;
    // Next to 1.5 * 2^52, numbers are 1 apart, and the low bits are their distance from it.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    (value.clamp(-LIMIT, LIMIT) + WHOLE).to_bits() as i32
}

impl Packed<'_> {
    fn gather(&self, column: &Neighbour, row: &Neighbour, len: usize) -> [[u8; RUN]; 3] {
        let mut pixels = [[0; 4]; RUN];
        for (i, pixel) in pixels[..len].iter_mut().enumerate() {
            let start = self.plane.offset([column.at[i] as usize, row.at[i] as usize]);
            pixel.copy_from_slice(&self.plane.bytes[start..start + 4]);
        }
        let [first, green, third] = [0, 1, 2].map(|channel| pixels.map(|pixel| pixel[channel]));
        if self.bgra {
            [third, green, first]
        } else {
            [first, green, third]
        }
    }
}

impl Yuv<'_> {
    fn gather(&self, column: &Neighbour, row: &Neighbour, len: usize) -> [[u8; RUN]; 3] {
        let y = self.y.gather(column, row, 0, len);
        let u = self.u.gather(column, row, 1, len);
        let v = self.v.gather(column, row, 1, len);
        let mut rgb = [[0; RUN]; 3];
        for i in 0..RUN {
            let [red, green, blue] = self.rgb_from_yuv.rgb(y[i], u[i], v[i]);
            rgb[0][i] = red;
            rgb[1][i] = green;
            rgb[2][i] = blue;
        }
        rgb
    }
}

impl Plane<'_> {
    fn gather(&self, column: &Neighbour, row: &Neighbour, halvings: u32, len: usize) -> [u8; RUN] {
        let mut samples = [0; RUN];
        for (i, sample) in samples[..len].iter_mut().enumerate() {
            let at = [column, row].map(|axis| (axis.at[i] >> halvings) as usize);
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
        for (value, expected) in [
            (2e9, 1 << 30),
            (1e300, 1 << 30),
            (-1e300, -(1 << 30)),
            (f64::from(1 << 30) - 0.75, (1 << 30) - 1),
        ] {
            assert_eq!(nearest(value), expected, "{value}");
        }
    }

    #[test]
    fn black_and_white_are_the_ends_of_the_range() {
        for (range, black, white) in [(ValueRange::Unit, 0.0, 1.0), (ValueRange::Signed, -1.0, 1.0)] {
            assert_eq!((range.value(0), range.value(255)), (black, white), "{range:?}");
            assert!((range.value(51) - (black + (white - black) * 0.2)).abs() < 1e-6);
        }
    }
}
