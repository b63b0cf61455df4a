use super::{load, store};
use crate::simd::{LANES, Simd};

/// Rows, each less its mean, over its standard deviation, times a factor a channel.
pub(crate) struct Norm<'a> {
    pub(crate) rows: &'a [f32],
    pub(crate) factors: &'a [f32],
    /// Added to the variance.
    pub(crate) epsilon: f32,
    pub(crate) out: &'a mut [f32],
    /// A multiple of the lanes, and no padding.
    pub(crate) channels: usize,
}

#[inline(always)]
pub(crate) fn norm<S: Simd>(simd: S, job: Norm<'_>) {
    let channels = job.channels;
    for (row, out) in job
        .rows
        .chunks_exact(channels)
        .zip(job.out.chunks_exact_mut(channels))
    {
        let mut sum = simd.splat(0.0);
        for channel in (0..channels).step_by(LANES) {
            sum = simd.add(sum, load(simd, row, channel));
        }
        let mean = total(simd, sum) / channels as f32;
        let less = simd.splat(-mean);
        let mut squares = simd.splat(0.0);
        for channel in (0..channels).step_by(LANES) {
            let value = simd.add(load(simd, row, channel), less);
            squares = simd.mul_add(value, value, squares);
        }
        let variance = total(simd, squares) / channels as f32;
        let scale = simd.splat(1.0 / (variance + job.epsilon).sqrt());
        for channel in (0..channels).step_by(LANES) {
            let value = simd.add(load(simd, row, channel), less);
            let factor = simd.mul(scale, load(simd, job.factors, channel));
            store(simd, simd.mul(value, factor), out, channel);
        }
    }
}

#[inline(always)]
fn total<S: Simd>(simd: S, sum: S::V) -> f32 {
    let mut lanes = [0.0; LANES];
    simd.store(sum, &mut lanes);
    lanes.iter().sum()
}
