use super::{load, store};
use crate::simd::{LANES, Processor, Simd, WIDE};

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
pub(crate) fn left<P: Processor>(processor: P, mut job: Left<'_>) {
    let mut channel = 0;
    if let Some(wide) = processor.wide() {
        while channel + 2 * WIDE <= job.channels {
            rows::<_, WIDE, 8, 9, 2>(wide, &mut job, channel);
            channel += 2 * WIDE;
        }
    }
    let narrow = processor.narrow();
    while channel + 2 * LANES <= job.channels {
        rows::<_, LANES, 6, 6, 2>(narrow, &mut job, channel);
        channel += 2 * LANES;
    }
    if channel < job.channels {
        rows::<_, LANES, 8, 9, 1>(narrow, &mut job, channel);
    }
}

/// All rows of `V` vectors of channels, `M` of them at a time, and the last `LAST` if so many are left: one alone would take as long as some.
#[inline(always)]
fn rows<S: Simd<L>, const L: usize, const M: usize, const LAST: usize, const V: usize>(
    simd: S,
    job: &mut Left<'_>,
    channel: usize,
) {
    let count = job.bias.len();
    let mut row = 0;
    while row + M <= count && row + LAST != count {
        tile::<S, L, M, V>(simd, job, row, channel);
        row += M;
    }
    if row + LAST == count {
        tile::<S, L, LAST, V>(simd, job, row, channel);
        row += LAST;
    }
    while row < count {
        tile::<S, L, 1, V>(simd, job, row, channel);
        row += 1;
    }
}

/// `M` rows of `V` vectors. No closures, as in a [`gemm`](super::gemm).
#[inline(always)]
fn tile<S: Simd<L>, const L: usize, const M: usize, const V: usize>(
    simd: S,
    job: &mut Left<'_>,
    row: usize,
    channel: usize,
) {
    let depth = job.rows.len() / job.channels;
    let mut weights: [&[f32]; M] = [&[]; M];
    let mut sums = [[simd.splat(0.0); V]; M];
    for m in 0..M {
        weights[m] = &job.weights[(row + m) * depth..][..depth];
        sums[m] = [simd.splat(job.bias[row + m]); V];
    }
    for (k, values) in job.rows.chunks_exact(job.channels).enumerate().take(depth) {
        let values = &values[channel..channel + V * L];
        for m in 0..M {
            let a = simd.splat(weights[m][k]);
            for v in 0..V {
                sums[m][v] = simd.mul_add(a, load(simd, values, v * L), sums[m][v]);
            }
        }
    }
    if let Some(residual) = job.residual {
        for m in 0..M {
            let other = &residual[(row + m) * job.channels + channel..][..V * L];
            for v in 0..V {
                sums[m][v] = simd.add(sums[m][v], load(simd, other, v * L));
            }
        }
    }
    if job.relu {
        for m in 0..M {
            for v in 0..V {
                sums[m][v] = simd.max(sums[m][v], simd.splat(0.0));
            }
        }
    }
    for m in 0..M {
        let out = &mut job.out[(row + m) * job.channels + channel..][..V * L];
        for v in 0..V {
            store(simd, sums[m][v], out, v * L);
        }
    }
}
