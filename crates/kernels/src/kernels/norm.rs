use super::{load, store};
use crate::simd::{LANES, Processor, Simd, WIDE};

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
pub(crate) fn norm<P: Processor>(processor: P, job: Norm<'_>) {
    match processor.wide() {
        Some(wide) if job.channels.is_multiple_of(WIDE) => rows::<_, WIDE>(wide, job),
        _ => rows::<_, LANES>(processor.narrow(), job),
    }
}

#[inline(always)]
fn rows<S: Simd<L>, const L: usize>(simd: S, job: Norm<'_>) {
    let Norm {
        rows,
        factors,
        epsilon,
        out,
        channels,
    } = job;
    let part = 1.0 / channels as f32;
    for (row, out) in rows.chunks_exact(channels).zip(out.chunks_exact_mut(channels)) {
        let mut sum = simd.splat(0.0);
        for channel in (0..channels).step_by(L) {
            sum = simd.add(sum, load(simd, row, channel));
        }
        let mean = total(simd, sum) * part;
        let less = simd.splat(-mean);
        let mut squares = simd.splat(0.0);
        for channel in (0..channels).step_by(L) {
            let value = simd.add(load(simd, row, channel), less);
            squares = simd.mul_add(value, value, squares);
        }
        let variance = total(simd, squares) * part;
        let scale = simd.splat(1.0 / (variance + epsilon).sqrt());
        for channel in (0..channels).step_by(L) {
            let value = simd.add(load(simd, row, channel), less);
            let factor = simd.mul(scale, load(simd, factors, channel));
            store(simd, simd.mul(value, factor), out, channel);
        }
    }
}

/// The sum of the lanes, by halves.
#[inline(always)]
fn total<S: Simd<L>, const L: usize>(simd: S, sum: S::V) -> f32 {
    let mut lanes = [0.0; L];
    simd.store(sum, &mut lanes);
    let mut half = L / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}
