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
            let of = |row| simd.max(load(simd, row, first), load(simd, row, channels + first));
            store(simd, simd.max(of(above), of(below)), out, first);
        }
    }
}
