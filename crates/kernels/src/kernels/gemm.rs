use super::{bent, load, store};
use crate::simd::{LANES, Processor, Simd, WIDE};

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
    /// [`Panel::all`] panels, each of `depth` rows.
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

/// Channels that are computed together: the sums of some pixels stay in registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Panel {
    /// The first channel, and how many.
    pub(crate) first: usize,
    pub(crate) channels: usize,
    /// How many vectors, and of how many lanes. Half of the last one may be beyond the channels.
    pub(crate) vectors: usize,
    pub(crate) lanes: usize,
}

impl Panel {
    /// The panels of so many channels, of wide vectors if `wide`.
    pub(crate) fn all(channels: usize, wide: bool, single: bool) -> impl Iterator<Item = Self> {
        let mut first = 0;
        core::iter::from_fn(move || {
            let left = channels.checked_sub(first).filter(|left| *left > 0)?;
            let lanes = if wide && left > LANES { WIDE } else { LANES };
            let vectors = match left.div_ceil(lanes) {
                4.. if single => 4,
                left @ 0..4 => left,
                left if left % 2 == 1 => 3,
                _ => 2,
            };
            let panel = Self {
                first,
                channels: left.min(vectors * lanes),
                vectors,
                lanes,
            };
            first += panel.channels;
            Some(panel)
        })
    }

    /// Values of a row of its weights.
    pub(crate) fn stride(&self) -> usize {
        self.vectors * self.lanes
    }
}

/// What a product reads but for its weights: apart from what it writes, so that the compiler keeps it in registers.
#[derive(Clone, Copy)]
struct Operands<'a> {
    pixels: usize,
    a: &'a [f32],
    a_step: usize,
    segments: &'a [Segment],
    segment_len: usize,
    bias: &'a [f32],
    residual: Option<(&'a [f32], usize)>,
    slopes: &'a [f32],
    channels: usize,
}

#[inline(always)]
pub(crate) fn gemm<P: Processor>(processor: P, job: Gemm<'_>) {
    let narrow = processor.narrow();
    let wide = processor.wide();
    let of = Operands {
        pixels: job.pixels,
        a: job.a,
        a_step: job.a_step,
        segments: job.segments,
        segment_len: job.segment_len,
        bias: job.bias,
        residual: job.residual,
        slopes: job.slopes,
        channels: job.channels,
    };
    let out = job.out;
    let mut weights = job.weights;
    let panels = || Panel::all(job.channels, wide.is_some(), job.single);
    debug_assert_eq!(
        weights.len(),
        panels().map(|panel| job.depth * panel.stride()).sum(),
        "panels of another processor"
    );
    for panel in panels() {
        let rows;
        (rows, weights) = weights.split_at(job.depth * panel.stride());
        let first = panel.first;
        // Not of a panel of one vector: eight channels are a narrow one.
        let is_half = panel.channels < panel.stride();
        // As many sums as registers hold, and as few loads as can be.
        match (wide, panel.lanes, panel.vectors) {
            (Some(wide), WIDE, 1) if of.is_dense(8) => held::<_, WIDE, 8>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 1) if of.is_dense(16) => held::<_, WIDE, 16>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 1) => pixels::<_, WIDE, 8, 8, 1, false>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 2) if is_half => pixels::<_, WIDE, 8, 9, 2, true>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 2) => pixels::<_, WIDE, 8, 9, 2, false>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 3) if is_half => pixels::<_, WIDE, 8, 9, 3, true>(wide, &of, rows, first, out),
            (Some(wide), WIDE, 3) => pixels::<_, WIDE, 8, 9, 3, false>(wide, &of, rows, first, out),
            (Some(wide), WIDE, _) if is_half => pixels::<_, WIDE, 2, 2, 4, true>(wide, &of, rows, first, out),
            (Some(wide), WIDE, _) => pixels::<_, WIDE, 2, 2, 4, false>(wide, &of, rows, first, out),
            (_, _, 1) => pixels::<_, LANES, 8, 8, 1, false>(narrow, &of, rows, first, out),
            (_, _, 2) => pixels::<_, LANES, 6, 6, 2, false>(narrow, &of, rows, first, out),
            (_, _, 3) => pixels::<_, LANES, 4, 4, 3, false>(narrow, &of, rows, first, out),
            _ => pixels::<_, LANES, 2, 2, 4, false>(narrow, &of, rows, first, out),
        }
    }
}

impl Operands<'_> {
    /// Whether pixels of `depth` values each lie one after the other, and what is added has all channels.
    fn is_dense(&self, depth: usize) -> bool {
        let is_whole = self.residual.is_none_or(|(_, step)| step == self.channels);
        let is_first = matches!(self.segments, [Segment { weights: 0, .. }]);
        is_first && [self.segment_len, self.a_step] == [depth; 2] && is_whole
    }
}

/// How many pixels are multiplied by weights in registers at a time.
const HELD: usize = 4;

/// All pixels times one panel of a vector, whose `K` rows stay in registers.
#[inline(always)]
fn held<S: Simd<L>, const L: usize, const K: usize>(
    simd: S,
    of: &Operands<'_>,
    panel: &[f32],
    channel: usize,
    out: &mut [f32],
) {
    let (panel, _) = panel.as_chunks::<L>();
    let mut weights = [simd.splat(0.0); K];
    for k in 0..K {
        weights[k] = simd.load(&panel[k]);
    }
    let bias = load(simd, of.bias, channel);
    let slope = load(simd, of.slopes, channel);
    let start = of.segments[0].start;
    let (rows, _) = of.a[start..start + of.pixels * K].as_chunks::<K>();
    let (groups, rest) = rows.as_chunks::<HELD>();
    // Without a residual it is never read.
    let (residual, step) = of.residual.unwrap_or_default();
    let channels = of.channels;
    let (heads, tails) = out.split_at_mut(groups.len() * HELD * channels);
    for (group, (rows, out)) in groups
        .iter()
        .zip(heads.chunks_exact_mut(HELD * channels))
        .enumerate()
    {
        let mut sums = [bias; HELD];
        for k in 0..K {
            for m in 0..HELD {
                sums[m] = simd.mul_add(simd.splat(rows[m][k]), weights[k], sums[m]);
            }
        }
        if step > 0 {
            let residual = &residual[group * HELD * step + channel..][..(HELD - 1) * step + L];
            for m in 0..HELD {
                sums[m] = simd.add(sums[m], load(simd, residual, m * step));
            }
        }
        for m in 0..HELD {
            sums[m] = bent(simd, sums[m], slope);
        }
        for m in 0..HELD {
            store(simd, sums[m], out, m * channels + channel);
        }
    }
    for (i, (row, out)) in rest.iter().zip(tails.chunks_exact_mut(channels)).enumerate() {
        let mut sum = bias;
        for k in 0..K {
            sum = simd.mul_add(simd.splat(row[k]), weights[k], sum);
        }
        if step > 0 {
            sum = simd.add(
                sum,
                load(simd, residual, (groups.len() * HELD + i) * step + channel),
            );
        }
        store(simd, bent(simd, sum, slope), out, channel);
    }
}

/// All pixels times one panel of `V` vectors, `M` of them at a time, and the last `LAST` if so many are left: one alone
/// would take as long as some. Of the last vector half is nobody's, if `HALF`.
#[inline(always)]
fn pixels<S: Simd<L>, const L: usize, const M: usize, const LAST: usize, const V: usize, const HALF: bool>(
    simd: S,
    of: &Operands<'_>,
    panel: &[f32],
    channel: usize,
    out: &mut [f32],
) {
    let (panel, _) = panel.as_chunks::<L>();
    let (panel, _) = panel.as_chunks::<V>();
    let mut pixel = 0;
    while pixel + M <= of.pixels && pixel + LAST != of.pixels {
        tile::<S, L, M, V, HALF>(simd, of, panel, pixel, channel, out);
        pixel += M;
    }
    if pixel + LAST == of.pixels {
        tile::<S, L, LAST, V, HALF>(simd, of, panel, pixel, channel, out);
        pixel += LAST;
    }
    if M > 4 && pixel + 4 <= of.pixels {
        tile::<S, L, 4, V, HALF>(simd, of, panel, pixel, channel, out);
        pixel += 4;
    }
    if M > 2 && pixel + 2 <= of.pixels {
        tile::<S, L, 2, V, HALF>(simd, of, panel, pixel, channel, out);
        pixel += 2;
    }
    while pixel < of.pixels {
        tile::<S, L, 1, V, HALF>(simd, of, panel, pixel, channel, out);
        pixel += 1;
    }
}

/// `M` pixels times a panel of `V` vectors. Each loop over the sums is so small that all of them stay in registers, and
/// nothing here is a closure: that may be compiled for other instructions.
#[inline(always)]
fn tile<S: Simd<L>, const L: usize, const M: usize, const V: usize, const HALF: bool>(
    simd: S,
    of: &Operands<'_>,
    panel: &[[[f32; L]; V]],
    pixel: usize,
    channel: usize,
    out: &mut [f32],
) {
    let channels = V * L - if HALF { LANES } else { 0 };
    let mut sums = [vectors::<S, L, V, HALF>(simd, &of.bias[channel..channel + channels]); M];
    for segment in of.segments {
        let len = of.segment_len;
        let mut rows: [&[f32]; M] = [&[]; M];
        for m in 0..M {
            rows[m] = &of.a[segment.start + (pixel + m) * of.a_step..][..len];
        }
        let weights = &panel[segment.weights..][..len];
        for k in 0..len {
            let b = vectors::<S, L, V, false>(simd, weights[k].as_flattened());
            for m in 0..M {
                let a = simd.splat(rows[m][k]);
                for v in 0..V {
                    sums[m][v] = simd.mul_add(a, b[v], sums[m][v]);
                }
            }
        }
    }
    if let Some((residual, step)) = of.residual {
        if channel + channels <= step {
            for m in 0..M {
                let row = &residual[(pixel + m) * step + channel..][..channels];
                let row = vectors::<S, L, V, HALF>(simd, row);
                for v in 0..V {
                    sums[m][v] = simd.add(sums[m][v], row[v]);
                }
            }
        } else if channel < step {
            for m in 0..M {
                let row = &residual[(pixel + m) * step + channel..][..step - channel];
                let row = fewer_vectors::<S, L, V>(simd, row);
                for v in 0..V {
                    sums[m][v] = simd.add(sums[m][v], row[v]);
                }
            }
        }
    }
    let slopes = vectors::<S, L, V, HALF>(simd, &of.slopes[channel..channel + channels]);
    for m in 0..M {
        for v in 0..V {
            sums[m][v] = bent(simd, sums[m][v], slopes[v]);
        }
    }
    for m in 0..M {
        let out = &mut out[(pixel + m) * of.channels + channel..][..channels];
        for v in 0..V {
            if HALF && v + 1 == V {
                simd.store_half(sums[m][v], &mut out[v * L..].as_chunks_mut().0[0]);
            } else {
                simd.store(sums[m][v], &mut out[v * L..].as_chunks_mut().0[0]);
            }
        }
    }
}

/// The first `V` vectors of `values`, the last of which is a half one, if `HALF`.
#[inline(always)]
fn vectors<S: Simd<L>, const L: usize, const V: usize, const HALF: bool>(
    simd: S,
    values: &[f32],
) -> [S::V; V] {
    let mut vectors = [simd.splat(0.0); V];
    for v in 0..V {
        vectors[v] = if HALF && v + 1 == V {
            simd.load_half(&values[v * L..].as_chunks().0[0])
        } else {
            simd.load(&values[v * L..].as_chunks().0[0])
        };
    }
    vectors
}

/// As many vectors, and half ones, as `values` has; the others are 0.
#[inline(always)]
fn fewer_vectors<S: Simd<L>, const L: usize, const V: usize>(simd: S, values: &[f32]) -> [S::V; V] {
    let mut vectors = [simd.splat(0.0); V];
    for v in 0..V {
        let left = &values[(v * L).min(values.len())..];
        if let Some(whole) = left.first_chunk() {
            vectors[v] = simd.load(whole);
        } else if let Some(half) = left.first_chunk() {
            vectors[v] = simd.load_half(half);
        }
    }
    vectors
}
