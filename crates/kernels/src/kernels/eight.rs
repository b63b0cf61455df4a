//! Products of eight channels by wide vectors. A vector holds two sums of each channel, over the even and over the odd
//! values of a pixel, so that one load puts two values into all lanes: half the loads and half the instructions of
//! narrow vectors.

use super::{Gemm, bent, load, store, twice};
use crate::simd::{LANES, Pairs, Processor, WIDE};

/// Whether a product of so many channels, over segments of so many values, is for [`eight`]; its weights are then
/// [interleaved](interleave).
pub(crate) fn is_for_eight(wide: bool, channels: usize, segment_len: usize) -> bool {
    wide && channels == LANES && segment_len.is_multiple_of(2)
}

/// Puts the weights of each even row of a panel and those of the row behind it side by side, channel by channel.
pub(crate) fn interleave(panel: &mut [f32]) {
    for rows in panel.as_chunks_mut::<WIDE>().0 {
        *rows = core::array::from_fn(|lane| rows[lane % 2 * LANES + lane / 2]);
    }
}

/// Pixels that are computed together.
const MANY: usize = 8;

/// What [`gemm`](super::gemm) computes.
#[inline(always)]
pub(crate) fn eight<P: Processor>(processor: P, mut job: Gemm<'_>) {
    // Without wide vectors nothing is for this kernel.
    let Some(simd) = processor.wide() else {
        return;
    };
    debug_assert!(is_for_eight(true, job.channels, job.segment_len));
    debug_assert!(job.residual.is_none_or(|(_, step)| step == LANES));
    // Kept in registers.
    let last = [twice(simd, job.bias), twice(simd, job.slopes)];
    let mut pixel = match *job.segments {
        [only] if job.a_step == job.segment_len => match job.segment_len {
            16 => dense::<_, 8>(simd, &mut job, only.start, last),
            32 => dense::<_, 16>(simd, &mut job, only.start, last),
            _ => 0,
        },
        _ => 0,
    };
    while pixel + MANY <= job.pixels {
        tile::<_, MANY>(simd, &mut job, pixel, last);
        pixel += MANY;
    }
    while pixel < job.pixels {
        tile::<_, 1>(simd, &mut job, pixel, last);
        pixel += 1;
    }
}

/// Pixels of `K` pairs that lie one after the other, so that all of a group are read by one address; gives the first that
/// is left.
#[inline(always)]
fn dense<S: Pairs, const K: usize>(simd: S, job: &mut Gemm<'_>, start: usize, last: [S::V; 2]) -> usize {
    // A slice, though there are `K`: the loop over an array would be unrolled, and its loads put before all products.
    let (panel, _) = job.weights.as_chunks::<WIDE>();
    let (pairs, _) = job.a[start..start + job.pixels * 2 * K].as_chunks::<2>();
    let (pixels, _) = pairs.as_chunks::<K>();
    let (groups, _) = pixels.as_chunks::<MANY>();
    for (group, pixels) in groups.iter().enumerate() {
        let mut sums = [simd.splat(0.0); MANY];
        for (k, weights) in panel.iter().enumerate() {
            let weights = simd.load(weights);
            for m in 0..MANY {
                sums[m] = simd.mul_add(simd.splat_pair(pixels[m][k]), weights, sums[m]);
            }
        }
        finish(simd, job, group * MANY, sums, last);
    }
    groups.len() * MANY
}

#[inline(always)]
fn tile<S: Pairs, const M: usize>(simd: S, job: &mut Gemm<'_>, pixel: usize, last: [S::V; 2]) {
    let (panel, _) = job.weights.as_chunks::<WIDE>();
    let mut sums = [simd.splat(0.0); M];
    for segment in job.segments {
        let len = job.segment_len / 2;
        let mut rows: [&[[f32; 2]]; M] = [&[]; M];
        for m in 0..M {
            let row = &job.a[segment.start + (pixel + m) * job.a_step..][..2 * len];
            rows[m] = &row.as_chunks().0[..len];
        }
        let weights = &panel[segment.weights / 2..][..len];
        for k in 0..len {
            let b = simd.load(&weights[k]);
            for m in 0..M {
                sums[m] = simd.mul_add(simd.splat_pair(rows[m][k]), b, sums[m]);
            }
        }
    }
    finish(simd, job, pixel, sums, last);
}

/// Makes one sum a channel of two, and of two pixels a vector, and writes what becomes of it.
#[inline(always)]
fn finish<S: Pairs, const M: usize>(
    simd: S,
    job: &mut Gemm<'_>,
    pixel: usize,
    mut sums: [S::V; M],
    [bias, slope]: [S::V; 2],
) {
    let span = pixel * LANES..(pixel + M) * LANES;
    let residual = job.residual.map(|(residual, _)| &residual[span.clone()]);
    let out = &mut job.out[span];
    for pair in 0..M / 2 {
        sums[pair] = simd.add(simd.add_pairs(sums[2 * pair], sums[2 * pair + 1]), bias);
    }
    if let Some(residual) = residual {
        for pair in 0..M / 2 {
            sums[pair] = simd.add(sums[pair], load(simd, residual, pair * WIDE));
        }
    }
    for pair in 0..M / 2 {
        store(simd, bent(simd, sums[pair], slope), out, pair * WIDE);
    }
    if M % 2 == 1 {
        let at = (M - 1) * LANES;
        let mut sum = simd.add(simd.add_pairs(sums[M - 1], sums[M - 1]), bias);
        if let Some(residual) = residual {
            sum = simd.add(sum, simd.load_half(&residual[at..].as_chunks().0[0]));
        }
        simd.store_half(bent(simd, sum, slope), &mut out[at..].as_chunks_mut().0[0]);
    }
}
