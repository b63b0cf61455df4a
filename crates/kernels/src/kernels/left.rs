use core::array;

use super::{load, store};
use crate::simd::{LANES, Simd};

/// Weights times rows: a matrix product across the rows of a tensor, as a mixer's tokens are mixed.
///
/// For row `m` and channel `n`, `out[m, n]` is `bias[m] + residual[m, n]` plus the sum over `k` of
/// `weights[m, k] * rows[k, n]`, and no less than 0 if `relu`.
pub(crate) struct Left<'a> {
    /// As many rows as `out` has, each of as many values as `rows` has rows.
    pub(crate) weights: &'a [f32],
    /// A value a row.
    pub(crate) bias: &'a [f32],
    pub(crate) rows: &'a [f32],
    pub(crate) residual: Option<&'a [f32]>,
    pub(crate) relu: bool,
    pub(crate) out: &'a mut [f32],
    /// Values of a row of `rows`, `residual` and `out`.
    pub(crate) channels: usize,
}

#[inline(always)]
pub(crate) fn left<S: Simd>(simd: S, mut job: Left<'_>) {
    let mut channel = 0;
    while channel + 2 * LANES <= job.channels {
        rows::<S, 6, 2>(simd, &mut job, channel);
        channel += 2 * LANES;
    }
    if channel < job.channels {
        rows::<S, 8, 1>(simd, &mut job, channel);
    }
}

/// All rows of `V` vectors of channels, `M` of them at a time.
#[inline(always)]
fn rows<S: Simd, const M: usize, const V: usize>(simd: S, job: &mut Left<'_>, channel: usize) {
    let count = job.bias.len();
    let mut row = 0;
    while row + M <= count {
        tile::<S, M, V>(simd, job, row, channel);
        row += M;
    }
    while row < count {
        tile::<S, 1, V>(simd, job, row, channel);
        row += 1;
    }
}

#[inline(always)]
fn tile<S: Simd, const M: usize, const V: usize>(simd: S, job: &mut Left<'_>, row: usize, channel: usize) {
    let depth = job.rows.len() / job.channels;
    let weights: [&[f32]; M] = array::from_fn(|m| &job.weights[(row + m) * depth..][..depth]);
    let mut sums: [[S::V; V]; M] = array::from_fn(|m| [simd.splat(job.bias[row + m]); V]);
    for (k, values) in job.rows.chunks_exact(job.channels).enumerate().take(depth) {
        let b: [S::V; V] = array::from_fn(|v| load(simd, values, channel + v * LANES));
        for m in 0..M {
            let a = simd.splat(weights[m][k]);
            for v in 0..V {
                sums[m][v] = simd.mul_add(a, b[v], sums[m][v]);
            }
        }
    }
    for (m, sums) in sums.into_iter().enumerate() {
        for (v, mut value) in sums.into_iter().enumerate() {
            let at = (row + m) * job.channels + channel + v * LANES;
            if let Some(residual) = job.residual {
                value = simd.add(value, load(simd, residual, at));
            }
            if job.relu {
                value = simd.max(value, simd.splat(0.0));
            }
            store(simd, value, job.out, at);
        }
    }
}
