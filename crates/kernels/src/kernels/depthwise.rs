use core::ops::Range;

use super::{Columns, bent, load, store, sweep, twice};
use crate::simd::{LANES, Processor, Simd, WIDE};

/// Rows and columns of a depthwise kernel.
pub(crate) const SIDE: usize = 3;

/// A 3 x 3 depthwise convolution's row: each channel for itself.
pub(crate) struct Depthwise<'a> {
    /// The three rows that the kernel covers, of zeros where it covers none.
    pub(crate) rows: [&'a [f32]; SIDE],
    /// The channels of each of the nine taps, a row of the kernel after the other.
    pub(crate) weights: &'a [f32],
    pub(crate) bias: &'a [f32],
    /// The slope of what is negative, a channel each.
    pub(crate) slopes: &'a [f32],
    /// Pixels of `channels` values.
    pub(crate) out: &'a mut [f32],
    pub(crate) channels: usize,
    /// From a pixel's kernel to the next one's.
    pub(crate) stride: usize,
    /// How far the first pixel's kernel reaches beyond the row's start.
    pub(crate) left: usize,
}

#[inline(always)]
pub(crate) fn depthwise<P: Processor>(processor: P, mut job: Depthwise<'_>) {
    match processor.wide() {
        Some(wide) if job.channels == LANES && job.stride == 1 => {
            let first = pairs(wide, &mut job);
            rest(processor.narrow(), &mut job, first, 0);
        }
        _ => sweep(processor, job.channels, &mut job),
    }
}

impl Columns for Depthwise<'_> {
    #[inline(always)]
    fn columns<S: Simd<L>, const L: usize>(&mut self, simd: S, first: usize) {
        let pixel = self.inside().start;
        rest(simd, self, pixel, first);
    }
}

impl Depthwise<'_> {
    fn width(&self) -> usize {
        self.out.len() / self.channels
    }

    fn in_width(&self) -> usize {
        self.rows[0].len() / self.channels
    }

    /// The pixels whose kernel covers no column beyond the row.
    fn inside(&self) -> Range<usize> {
        let width = self.width();
        let first = self.left.div_ceil(self.stride).min(width);
        let last = match (self.in_width() + self.left).checked_sub(SIDE) {
            Some(reach) => (reach / self.stride + 1).clamp(first, width),
            None => first,
        };
        first..last
    }
}

/// The `L` channels from `channel` on, of the pixels inside from `pixel` on, and of those at the edges.
#[inline(always)]
fn rest<S: Simd<L>, const L: usize>(simd: S, job: &mut Depthwise<'_>, mut pixel: usize, channel: usize) {
    let inside = job.inside();
    let (width, in_width) = (job.width(), job.in_width());
    let mut taps = [[simd.splat(0.0); SIDE]; SIDE];
    for y in 0..SIDE {
        for x in 0..SIDE {
            taps[y][x] = load(simd, job.weights, (y * SIDE + x) * job.channels + channel);
        }
    }
    for pixel in (0..inside.start).chain(inside.end..width) {
        edge(simd, job, &taps, pixel, in_width, channel);
    }
    let (bias, slope) = (load(simd, job.bias, channel), load(simd, job.slopes, channel));
    let left = pixel..inside.end;
    pixel = match job.stride {
        1 => several::<S, L, 1, 1>(simd, job, &taps, bias, slope, left, channel),
        2 => several::<S, L, 2, 1>(simd, job, &taps, bias, slope, left, channel),
        _ => pixel,
    };
    while pixel < inside.end {
        one(simd, job, &taps, pixel, channel);
        pixel += 1;
    }
}

/// Of pixels of eight channels two lie in a wide vector: computes those inside, and gives the first that is left.
#[inline(always)]
fn pairs<S: Simd<WIDE>>(simd: S, job: &mut Depthwise<'_>) -> usize {
    let mut taps = [[simd.splat(0.0); SIDE]; SIDE];
    for y in 0..SIDE {
        for x in 0..SIDE {
            taps[y][x] = twice(simd, &job.weights[(y * SIDE + x) * LANES..]);
        }
    }
    let (bias, slope) = (twice(simd, job.bias), twice(simd, job.slopes));
    let inside = job.inside();
    several::<S, WIDE, 2, 2>(simd, job, &taps, bias, slope, inside, 0)
}

/// How many vectors are computed side by side, so that they share loads.
const SEVERAL: usize = 4;

/// Pixels inside; gives the first that is left. A vector has `OUT` pixels, and a kernel lies `IN` columns before the next
/// vector's.
#[inline(always)]
fn several<S: Simd<L>, const L: usize, const IN: usize, const OUT: usize>(
    simd: S,
    job: &mut Depthwise<'_>,
    taps: &[[S::V; SIDE]; SIDE],
    bias: S::V,
    slope: S::V,
    pixels: Range<usize>,
    channel: usize,
) -> usize {
    let channels = job.channels;
    let groups = pixels.len() / (SEVERAL * OUT);
    if groups == 0 {
        return pixels.start;
    }
    let columns = SIDE + (SEVERAL - 1) * IN;
    let span = (columns - 1) * channels + L;
    let first = (pixels.start * job.stride - job.left) * channels + channel;
    let rows = job.rows.map(|row| &row[first..]);
    let out = &mut job.out[pixels.start * channels..][..groups * SEVERAL * OUT * channels];
    for (group, out) in out.chunks_exact_mut(SEVERAL * OUT * channels).enumerate() {
        let at = group * SEVERAL * IN * channels;
        let mut sums = [bias; SEVERAL];
        for (row, taps) in rows.iter().zip(taps) {
            let row = &row[at..at + span];
            for column in 0..columns {
                let value = load(simd, row, column * channels);
                for i in 0..SEVERAL {
                    if column >= i * IN && column < i * IN + SIDE {
                        sums[i] = simd.mul_add(value, taps[column - i * IN], sums[i]);
                    }
                }
            }
        }
        for i in 0..SEVERAL {
            sums[i] = bent(simd, sums[i], slope);
        }
        for i in 0..SEVERAL {
            store(simd, sums[i], out, i * OUT * channels + channel);
        }
    }
    pixels.start + groups * SEVERAL * OUT
}

#[inline(always)]
fn one<S: Simd<L>, const L: usize>(
    simd: S,
    job: &mut Depthwise<'_>,
    taps: &[[S::V; SIDE]; SIDE],
    pixel: usize,
    channel: usize,
) {
    let mut sum = load(simd, job.bias, channel);
    let start = pixel * job.stride - job.left;
    for (row, taps) in job.rows.iter().zip(taps) {
        for (x, tap) in taps.iter().enumerate() {
            let value = load(simd, row, (start + x) * job.channels + channel);
            sum = simd.mul_add(value, *tap, sum);
        }
    }
    let value = bent(simd, sum, load(simd, job.slopes, channel));
    store(simd, value, job.out, pixel * job.channels + channel);
}

/// A pixel whose kernel may cover columns beyond the row, where all is 0.
#[inline(always)]
fn edge<S: Simd<L>, const L: usize>(
    simd: S,
    job: &mut Depthwise<'_>,
    taps: &[[S::V; SIDE]; SIDE],
    pixel: usize,
    in_width: usize,
    channel: usize,
) {
    let mut sum = load(simd, job.bias, channel);
    for (row, taps) in job.rows.iter().zip(taps) {
        for (x, tap) in taps.iter().enumerate() {
            if let Some(column) = (pixel * job.stride + x).checked_sub(job.left)
                && column < in_width
            {
                let value = load(simd, row, column * job.channels + channel);
                sum = simd.mul_add(value, *tap, sum);
            }
        }
    }
    let value = bent(simd, sum, load(simd, job.slopes, channel));
    store(simd, value, job.out, pixel * job.channels + channel);
}
