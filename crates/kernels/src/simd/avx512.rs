//! AVX-512: sixteen lanes in one of 32 registers.

#![allow(
    unsafe_code,
    reason = "intrinsics, and calls of functions that are compiled for them"
)]

use core::arch::x86_64::{
    __m512, _mm512_add_ps, _mm512_castpd_ps, _mm512_castps512_ps256, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps, _mm512_permutex2var_ps, _mm512_set1_pd, _mm512_set1_ps,
    _mm512_setr_epi32, _mm512_storeu_ps, _mm512_zextps256_ps512,
};

use super::avx2::Avx2;
use super::{LANES, Pairs, Processor, Simd, WIDE};

/// The proof that the processor has these instructions, and the system keeps their registers. For eight lanes it does
/// what [`Avx2`] does, with twice as many registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(Avx2);

impl Avx512 {
    /// Only where VBMI is as well. Processors without it (Skylake, Cascade Lake) lower their clock for wide vectors, which
    /// costs the app around more than a network gains.
    pub(crate) fn detect() -> Option<Self> {
        let has = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("avx512vbmi");
        Avx2::detect().filter(|_| has).map(Self)
    }
}

super::compiled!(Avx512, "avx2,fma,avx512f,avx512vl");

impl Processor for Avx512 {
    type Narrow = Avx2;
    type Wide = Self;

    #[inline(always)]
    fn narrow(self) -> Avx2 {
        self.0
    }

    #[inline(always)]
    fn wide(self) -> Option<Self> {
        Some(self)
    }
}

impl Simd<WIDE> for Avx512 {
    type V = __m512;

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        // SAFETY: `self` is the proof that the processor has the instruction; so below.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn load(self, from: &[f32; WIDE]) -> __m512 {
        // SAFETY: sixteen values may be read there, and the instruction asks for no alignment.
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, value: __m512, to: &mut [f32; WIDE]) {
        // SAFETY: sixteen values may be written there, and the instruction asks for no alignment.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), value) }
    }

    #[inline(always)]
    fn load_half(self, from: &[f32; LANES]) -> __m512 {
        let half = self.0.load(from);
        // SAFETY: as in `splat`.
        unsafe { _mm512_zextps256_ps512(half) }
    }

    #[inline(always)]
    fn store_half(self, value: __m512, to: &mut [f32; LANES]) {
        // SAFETY: as in `splat`.
        let half = unsafe { _mm512_castps512_ps256(value) };
        self.0.store(half, to);
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        unsafe { _mm512_min_ps(a, b) }
    }
}

impl Pairs for Avx512 {
    #[inline(always)]
    fn splat_pair(self, [first, second]: [f32; 2]) -> __m512 {
        // As the bits of one value of twice the size, which is loaded and never computed with.
        let both = u64::from(first.to_bits()) | u64::from(second.to_bits()) << 32;
        // SAFETY: as in `splat`.
        let pairs = unsafe { _mm512_set1_pd(f64::from_bits(both)) };
        // SAFETY: as in `splat`.
        unsafe { _mm512_castpd_ps(pairs) }
    }

    #[inline(always)]
    fn add_pairs(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: as in `splat`.
        let even = unsafe { _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) };
        // SAFETY: as in `splat`.
        let odd = unsafe { _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31) };
        // SAFETY: as in `splat`.
        let first = unsafe { _mm512_permutex2var_ps(a, even, b) };
        // SAFETY: as in `splat`.
        let second = unsafe { _mm512_permutex2var_ps(a, odd, b) };
        self.add(first, second)
    }
}
