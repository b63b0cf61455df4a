use core::array;

use super::{bent, load, store};
use crate::simd::{LANES, Simd};

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
pub(crate) fn depthwise<S: Simd>(simd: S, mut job: Depthwise<'_>) {
    let width = job.out.len() / job.channels;
    let in_width = job.rows[0].len() / job.channels;
    // Pixels whose kernel covers no column beyond the row.
    let first = job.left.div_ceil(job.stride).min(width);
    let last = match (in_width + job.left).checked_sub(SIDE) {
        Some(reach) => (reach / job.stride + 1).clamp(first, width),
        None => first,
    };
    for channel in (0..job.channels).step_by(LANES) {
        let taps: [[S::V; SIDE]; SIDE] = array::from_fn(|y| {
            array::from_fn(|x| load(simd, job.weights, (y * SIDE + x) * job.channels + channel))
        });
        for pixel in (0..first).chain(last..width) {
            edge(simd, &mut job, &taps, pixel, in_width, channel);
        }
        let mut pixel = first;
        if job.stride == 1 {
            while pixel + 4 <= last {
                four(simd, &mut job, &taps, pixel, channel);
                pixel += 4;
            }
        }
        while pixel < last {
            one(simd, &mut job, &taps, pixel, channel);
            pixel += 1;
        }
    }
}

/// Four pixels side by side, one column apart: six columns of values instead of twelve.
#[inline(always)]
fn four<S: Simd>(
    simd: S,
    job: &mut Depthwise<'_>,
    taps: &[[S::V; SIDE]; SIDE],
    pixel: usize,
    channel: usize,
) {
    let mut sums = [load(simd, job.bias, channel); 4];
    for (row, taps) in job.rows.iter().zip(taps) {
        let row = &row[(pixel - job.left) * job.channels..][..6 * job.channels];
        for column in 0..6 {
            let value = load(simd, row, column * job.channels + channel);
            for (x, tap) in taps.iter().enumerate() {
                if x <= column && column - x < 4 {
                    sums[column - x] = simd.mul_add(value, *tap, sums[column - x]);
                }
            }
        }
    }
    for (i, sum) in sums.into_iter().enumerate() {
        let value = bent(simd, sum, load(simd, job.slopes, channel));
        store(simd, value, job.out, (pixel + i) * job.channels + channel);
    }
}

#[inline(always)]
fn one<S: Simd>(simd: S, job: &mut Depthwise<'_>, taps: &[[S::V; SIDE]; SIDE], pixel: usize, channel: usize) {
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
fn edge<S: Simd>(
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
