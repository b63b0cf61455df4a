//! What computes rows: each kernel is written once, over [`Simd`].
//!
//! A row is NHWC: pixel after pixel, of each all channels, padded to a multiple of [`LANES`](crate::simd::LANES).

#![allow(
    clippy::needless_range_loop,
    reason = "sums that iterators go over are not kept in registers"
)]

mod depthwise;
mod eight;
mod gemm;
mod left;
mod norm;
mod pool;
mod resize;
mod small;

pub(crate) use depthwise::{Depthwise, depthwise};
pub(crate) use eight::{eight, interleave, is_for_eight};
pub(crate) use gemm::{Gemm, Panel, Segment, gemm};
pub(crate) use left::{Left, left};
pub(crate) use norm::{Norm, norm};
pub(crate) use pool::{Pool, pool};
pub(crate) use resize::{Resize, Tap, resize};
pub(crate) use small::{Operator, sigmoid};

use crate::simd::{LANES, Processor, Simd, WIDE};

/// What a kernel does to some of the channels.
trait Columns {
    /// To `L` channels from `first` on, of all pixels.
    fn columns<S: Simd<L>, const L: usize>(&mut self, simd: S, first: usize);
}

/// Has `job` do all `channels`, in vectors as wide as there are.
#[inline(always)]
fn sweep<P: Processor>(processor: P, channels: usize, job: &mut impl Columns) {
    let mut first = 0;
    if let Some(wide) = processor.wide() {
        while first + WIDE <= channels {
            job.columns(wide, first);
            first += WIDE;
        }
    }
    while first < channels {
        job.columns(processor.narrow(), first);
        first += LANES;
    }
}

/// What is 0 or more, and the slope's product of what is less: PReLU. A slope of 0 is ReLU, one of 1 nothing.
#[inline(always)]
fn bent<S: Simd<L>, const L: usize>(simd: S, value: S::V, slope: S::V) -> S::V {
    let zero = simd.splat(0.0);
    simd.mul_add(slope, simd.min(value, zero), simd.max(value, zero))
}

/// The `L` values of `slice` from `first` on.
#[inline(always)]
fn load<S: Simd<L>, const L: usize>(simd: S, slice: &[f32], first: usize) -> S::V {
    let (vectors, _) = slice[first..first + L].as_chunks();
    simd.load(&vectors[0])
}

/// Writes the `L` values of `slice` from `first` on.
#[inline(always)]
fn store<S: Simd<L>, const L: usize>(simd: S, value: S::V, slice: &mut [f32], first: usize) {
    let (vectors, _) = slice[first..first + L].as_chunks_mut();
    simd.store(value, &mut vectors[0]);
}

/// The first eight values of `slice`, twice.
#[inline(always)]
fn twice<S: Simd<WIDE>>(simd: S, slice: &[f32]) -> S::V {
    let mut both = [0.0; WIDE];
    both[..LANES].copy_from_slice(&slice[..LANES]);
    both[LANES..].copy_from_slice(&slice[..LANES]);
    simd.load(&both)
}
