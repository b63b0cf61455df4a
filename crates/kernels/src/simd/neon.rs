//! NEON: eight lanes in two registers. Each 64-bit ARM processor has it.

#![allow(unsafe_code, reason = "intrinsics that load and store")]

use core::arch::aarch64::{
    float32x4_t, vaddq_f32, vdupq_n_f32, vfmaq_f32, vld1q_f32, vmaxq_f32, vminq_f32, vmulq_f32, vst1q_f32,
};

use super::{LANES, Simd};

/// The instructions are part of every target that this is compiled for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon;

type Pair = [float32x4_t; 2];

super::narrow!(Neon);

impl Simd<LANES> for Neon {
    type V = Pair;

    #[inline(always)]
    fn splat(self, value: f32) -> Pair {
        // SAFETY: the target has the instruction; so below.
        [unsafe { vdupq_n_f32(value) }; 2]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> Pair {
        let (halves, _) = from.as_chunks::<4>();
        // SAFETY: four values may be read there, and the instruction asks for no alignment.
        [0, 1].map(|half| unsafe { vld1q_f32(halves[half].as_ptr()) })
    }

    #[inline(always)]
    fn store(self, value: Pair, to: &mut [f32; LANES]) {
        let (halves, _) = to.as_chunks_mut::<4>();
        for (half, value) in halves.iter_mut().zip(value) {
            // SAFETY: four values may be written there, and the instruction asks for no alignment.
            unsafe { vst1q_f32(half.as_mut_ptr(), value) }
        }
    }

    #[inline(always)]
    fn load_half(self, from: &[f32; LANES]) -> Pair {
        self.load(from)
    }

    #[inline(always)]
    fn store_half(self, value: Pair, to: &mut [f32; LANES]) {
        self.store(value, to);
    }

    #[inline(always)]
    fn mul_add(self, a: Pair, b: Pair, c: Pair) -> Pair {
        // SAFETY: as in `splat`.
        [0, 1].map(|half| unsafe { vfmaq_f32(c[half], a[half], b[half]) })
    }

    #[inline(always)]
    fn add(self, a: Pair, b: Pair) -> Pair {
        // SAFETY: as in `splat`.
        [0, 1].map(|half| unsafe { vaddq_f32(a[half], b[half]) })
    }

    #[inline(always)]
    fn mul(self, a: Pair, b: Pair) -> Pair {
        // SAFETY: as in `splat`.
        [0, 1].map(|half| unsafe { vmulq_f32(a[half], b[half]) })
    }

    #[inline(always)]
    fn max(self, a: Pair, b: Pair) -> Pair {
        // SAFETY: as in `splat`.
        [0, 1].map(|half| unsafe { vmaxq_f32(a[half], b[half]) })
    }

    #[inline(always)]
    fn min(self, a: Pair, b: Pair) -> Pair {
        // SAFETY: as in `splat`.
        [0, 1].map(|half| unsafe { vminq_f32(a[half], b[half]) })
    }
}
