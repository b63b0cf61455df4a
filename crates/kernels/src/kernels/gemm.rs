use core::array;

use super::{bent, load};
use crate::simd::{LANES, Simd};

/// Pixels times weights: a convolution's row, or rows of a matrix product.
///
/// For pixel `p` and channel `n`, `out[p, n]` is, bent by `slopes[n]`, `bias[n] + residual[p, n]` plus, over the segments,
/// the sum of `a[segment.start + p * a_step + k] * weights[segment.weights + k, n]`.
pub(crate) struct Gemm<'a> {
    /// How many pixels; `out` holds as many.
    pub(crate) pixels: usize,
    pub(crate) a: &'a [f32],
    /// Values from a pixel's `a` to the next one's.
    pub(crate) a_step: usize,
    /// The rows that a kernel covers.
    pub(crate) segments: &'a [Segment],
    /// How long each segment is.
    pub(crate) segment_len: usize,
    /// Panels of [`panel_width`] vectors, each of `depth` rows.
    pub(crate) weights: &'a [f32],
    /// How many rows a panel has.
    pub(crate) depth: usize,
    pub(crate) bias: &'a [f32],
    /// What is added, and the values from a pixel to the next. It may have fewer channels than `out`.
    pub(crate) residual: Option<(&'a [f32], usize)>,
    /// The slope of what is negative, a channel each.
    pub(crate) slopes: &'a [f32],
    /// Pixels of `channels` values.
    pub(crate) out: &'a mut [f32],
    pub(crate) channels: usize,
    /// Whether the network has this product for one pixel alone.
    pub(crate) single: bool,
}

/// Where a product's operands begin.
#[derive(Clone, Copy, Default)]
pub(crate) struct Segment {
    /// The first pixel's first value.
    pub(crate) start: usize,
    /// The row of a panel.
    pub(crate) weights: usize,
}

/// How many vectors wide the next panel is, of those that are left. Twelve sums in registers, and as few loads as can be.
pub(crate) fn panel_width(vectors: usize, single: bool) -> usize {
    match vectors {
        4.. if single => 4,
        0..4 => vectors,
        _ if vectors % 2 == 1 => 3,
        _ => 2,
    }
}

#[inline(always)]
pub(crate) fn gemm<S: Simd>(simd: S, mut job: Gemm<'_>) {
    let vectors = job.channels / LANES;
    let mut weights = job.weights;
    let mut first = 0;
    while first < vectors {
        let width = panel_width(vectors - first, job.single);
        let panel;
        (panel, weights) = weights.split_at(job.depth * width * LANES);
        match width {
            1 => pixels::<S, 8, 1, 8>(simd, &mut job, panel, first * LANES),
            2 => pixels::<S, 6, 2, 16>(simd, &mut job, panel, first * LANES),
            3 => pixels::<S, 4, 3, 24>(simd, &mut job, panel, first * LANES),
            _ => pixels::<S, 2, 4, 32>(simd, &mut job, panel, first * LANES),
        }
        first += width;
    }
}

/// All pixels times one panel, `M` of them at a time.
#[inline(always)]
fn pixels<S: Simd, const M: usize, const V: usize, const N: usize>(
    simd: S,
    job: &mut Gemm<'_>,
    panel: &[f32],
    channel: usize,
) {
    let (panel, _) = panel.as_chunks::<N>();
    let mut pixel = 0;
    while pixel + M <= job.pixels {
        tile::<S, M, V, N>(simd, job, panel, pixel, channel);
        pixel += M;
    }
    if M > 4 && pixel + 4 <= job.pixels {
        tile::<S, 4, V, N>(simd, job, panel, pixel, channel);
        pixel += 4;
    }
    if M > 2 && pixel + 2 <= job.pixels {
        tile::<S, 2, V, N>(simd, job, panel, pixel, channel);
        pixel += 2;
    }
    while pixel < job.pixels {
        tile::<S, 1, V, N>(simd, job, panel, pixel, channel);
        pixel += 1;
    }
}

/// `M` pixels times a panel of `V` vectors, which are `N` values.
#[inline(always)]
fn tile<S: Simd, const M: usize, const V: usize, const N: usize>(
    simd: S,
    job: &mut Gemm<'_>,
    panel: &[[f32; N]],
    pixel: usize,
    channel: usize,
) {
    let bias: [S::V; V] = array::from_fn(|v| load(simd, job.bias, channel + v * LANES));
    let mut sums = [bias; M];
    for segment in job.segments {
        let len = job.segment_len;
        let rows: [&[f32]; M] = array::from_fn(|m| &job.a[segment.start + (pixel + m) * job.a_step..][..len]);
        let weights = &panel[segment.weights..][..len];
        for k in 0..len {
            let (row, _) = weights[k].as_chunks::<LANES>();
            let b: [S::V; V] = array::from_fn(|v| simd.load(&row[v]));
            for m in 0..M {
                let a = simd.splat(rows[m][k]);
                for v in 0..V {
                    sums[m][v] = simd.mul_add(a, b[v], sums[m][v]);
                }
            }
        }
    }
    if let Some((residual, step)) = job.residual {
        if channel + N <= step {
            for (m, sums) in sums.iter_mut().enumerate() {
                let (other, _) = residual[(pixel + m) * step + channel..][..N].as_chunks();
                for v in 0..V {
                    sums[v] = simd.add(sums[v], simd.load(&other[v]));
                }
            }
        } else {
            for (m, sums) in sums.iter_mut().enumerate() {
                for (v, sum) in sums.iter_mut().enumerate() {
                    let at = channel + v * LANES;
                    if at < step {
                        *sum = simd.add(*sum, load(simd, residual, (pixel + m) * step + at));
                    }
                }
            }
        }
    }
    let slopes: [S::V; V] = array::from_fn(|v| load(simd, job.slopes, channel + v * LANES));
    for (m, sums) in sums.into_iter().enumerate() {
        let (out, _) = job.out[(pixel + m) * job.channels + channel..][..N].as_chunks_mut();
        for v in 0..V {
            simd.store(bent(simd, sums[v], slopes[v]), &mut out[v]);
        }
    }
}
