use super::{load, store};
use crate::simd::{LANES, Simd};

/// The greatest of each 2 x 2 values: a row.
pub(crate) struct Pool<'a> {
    /// The two rows, of twice as many pixels as `out`, and perhaps one more.
    pub(crate) rows: [&'a [f32]; 2],
    /// Pixels of `channels` values.
    pub(crate) out: &'a mut [f32],
    pub(crate) channels: usize,
}

#[inline(always)]
pub(crate) fn pool<S: Simd>(simd: S, job: Pool<'_>) {
    let channels = job.channels;
    for (pixel, out) in job.out.chunks_exact_mut(channels).enumerate() {
        let [above, below] = job.rows.map(|row| &row[2 * pixel * channels..][..2 * channels]);
        for channel in (0..channels).step_by(LANES) {
            let of = |row| simd.max(load(simd, row, channel), load(simd, row, channels + channel));
            store(simd, simd.max(of(above), of(below)), out, channel);
        }
    }
}
