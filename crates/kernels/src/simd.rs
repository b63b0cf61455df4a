//! Eight lanes of `f32`, by processor. The kernels are written once, over [`Simd`].

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod scalar;

/// Lanes of a vector. Tensors hold a multiple of as many channels.
pub(crate) const LANES: usize = 8;

/// Arithmetic on eight lanes. A value of the type is the proof that the processor has the instructions.
///
/// A kernel over it is inlined into a function that is compiled for those instructions, so every method and every
/// kernel is `#[inline(always)]`.
pub(crate) trait Simd: Copy {
    /// Eight lanes.
    type V: Copy;

    fn splat(self, value: f32) -> Self::V;
    fn load(self, from: &[f32; LANES]) -> Self::V;
    fn store(self, value: Self::V, to: &mut [f32; LANES]);
    /// `a * b + c`; rounded once or twice, as the processor does.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
}
