use super::{Columns, load, store, sweep};
use crate::simd::{Processor, Simd};

/// The greatest of each 2 x 2 values: a row.
pub(crate) struct Pool<'a> {
    /// The two rows, of twice as many pixels as `out`, and perhaps one more.
    pub(crate) rows: [&'a [f32]; 2],
    /// Pixels of `channels` values.
    pub(crate) out: &'a mut [f32],
    pub(crate) channels: usize,
}

#[inline(always)]
pub(crate) fn pool<P: Processor>(processor: P, mut job: Pool<'_>) {
    sweep(processor, job.channels, &mut job);
}

impl Columns for Pool<'_> {
    #[inline(always)]
    fn columns<S: Simd<L>, const L: usize>(&mut self, simd: S, first: usize) {
        let channels = self.channels;
        for (pixel, out) in self.out.chunks_exact_mut(channels).enumerate() {
            let [above, below] = self.rows.map(|row| &row[2 * pixel * channels..][..2 * channels]);
            let [left, right] = [first, channels + first];
            let above = simd.max(load(simd, above, left), load(simd, above, right));
            let below = simd.max(load(simd, below, left), load(simd, below, right));
            store(simd, simd.max(above, below), out, first);
        }
    }
}
