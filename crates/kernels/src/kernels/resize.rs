use super::{Columns, bent, load, store, sweep};
use crate::simd::{Processor, Simd};

/// A row between two rows, and its pixels between two pixels each: bilinear.
pub(crate) struct Resize<'a> {
    pub(crate) above: &'a [f32],
    pub(crate) below: &'a [f32],
    /// How far below `above` the row lies, of the way to `below`.
    pub(crate) part: f32,
    /// A pixel of `out` each.
    pub(crate) columns: &'a [Tap],
    /// What is added: as long as `out`.
    pub(crate) residual: Option<&'a [f32]>,
    /// The slope of what is negative, a channel each.
    pub(crate) slopes: &'a [f32],
    /// Pixels of `channels` values.
    pub(crate) out: &'a mut [f32],
    pub(crate) channels: usize,
}

/// Between which two rows or columns a value lies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Tap {
    pub(crate) first: usize,
    pub(crate) second: usize,
    /// How far from the first, of the way to the second.
    pub(crate) part: f32,
}

impl Tap {
    /// For value `index` of a side that is `scale` times as long as one of `len`: the centres of pixels lie at halves.
    pub(crate) fn half_pixel(index: usize, scale: f32, len: usize) -> Self {
        let last = len.saturating_sub(1);
        let at = ((index as f32 + 0.5) / scale - 0.5).clamp(0.0, last as f32);
        let first = at as usize;
        Self {
            first,
            second: (first + 1).min(last),
            part: at - first as f32,
        }
    }
}

#[inline(always)]
pub(crate) fn resize<P: Processor>(processor: P, mut job: Resize<'_>) {
    sweep(processor, job.channels, &mut job);
}

impl Columns for Resize<'_> {
    #[inline(always)]
    fn columns<S: Simd<L>, const L: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        let [down, up] = [self.part, 1.0 - self.part].map(|part| simd.splat(part));
        let slope = load(simd, self.slopes, first);
        let pixels = self.out.chunks_exact_mut(channels).zip(self.columns);
        for (pixel, (out, tap)) in pixels.enumerate() {
            let [right, left] = [tap.part, 1.0 - tap.part].map(|part| simd.splat(part));
            let mut columns = [simd.splat(0.0); 2];
            for (value, column) in columns.iter_mut().zip([tap.first, tap.second]) {
                let at = column * channels + first;
                let above = simd.mul(up, load(simd, self.above, at));
                *value = simd.mul_add(down, load(simd, self.below, at), above);
            }
            let mut value = simd.mul_add(right, columns[1], simd.mul(left, columns[0]));
            if let Some(residual) = self.residual {
                value = simd.add(value, load(simd, residual, pixel * channels + first));
            }
            store(simd, bent(simd, value, slope), out, first);
        }
    }
}
