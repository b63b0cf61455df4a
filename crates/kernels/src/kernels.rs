//! What computes rows: each kernel is written once, over [`Simd`].
//!
//! A row is NHWC: pixel after pixel, of each all channels, padded to a multiple of [`LANES`](crate::simd::LANES).

mod depthwise;
mod gemm;
mod left;
mod norm;
mod pool;
mod resize;
mod small;

pub(crate) use depthwise::{Depthwise, depthwise};
pub(crate) use gemm::{Gemm, Segment, gemm, panel_width};
pub(crate) use left::{Left, left};
pub(crate) use norm::{Norm, norm};
pub(crate) use pool::{Pool, pool};
pub(crate) use resize::{Resize, Tap, resize};
pub(crate) use small::{Operator, sigmoid};

use crate::simd::{LANES, Simd};

/// What is 0 or more, and the slope's product of what is less: PReLU. A slope of 0 is ReLU, one of 1 nothing.
#[inline(always)]
fn bent<S: Simd>(simd: S, value: S::V, slope: S::V) -> S::V {
    let zero = simd.splat(0.0);
    simd.mul_add(slope, simd.min(value, zero), simd.max(value, zero))
}

/// The eight values of `slice` from `first` on.
#[inline(always)]
fn load<S: Simd>(simd: S, slice: &[f32], first: usize) -> S::V {
    let (vectors, _) = slice[first..first + LANES].as_chunks();
    simd.load(&vectors[0])
}

/// Writes the eight values of `slice` from `first` on.
#[inline(always)]
fn store<S: Simd>(simd: S, value: S::V, slice: &mut [f32], first: usize) {
    let (vectors, _) = slice[first..first + LANES].as_chunks_mut();
    simd.store(value, &mut vectors[0]);
}
