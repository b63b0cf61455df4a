//! Lanes of `f32`, by processor. The kernels are written once, over [`Simd`].

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod scalar;

/// Lanes of a narrow vector. Tensors hold a multiple of as many channels.
pub(crate) const LANES: usize = 8;

/// Lanes of a wide vector.
pub(crate) const WIDE: usize = 2 * LANES;

/// Arithmetic on `L` lanes. A value of the type is the proof that the processor has the instructions.
///
/// A kernel over it is inlined into a function that is compiled for those instructions, so every method and every
/// kernel is `#[inline(always)]`, and does nothing to vectors in a closure, which may be compiled for others.
pub(crate) trait Simd<const L: usize>: Copy {
    /// The lanes.
    type V: Copy;

    fn splat(self, value: f32) -> Self::V;
    fn load(self, from: &[f32; L]) -> Self::V;
    fn store(self, value: Self::V, to: &mut [f32; L]);
    /// Fills the first [`LANES`] lanes, and the others, where there are some, with 0.
    fn load_half(self, from: &[f32; LANES]) -> Self::V;
    /// Writes the first [`LANES`] lanes.
    fn store_half(self, value: Self::V, to: &mut [f32; LANES]);
    /// `a * b + c`; rounded once or twice, as the processor does.
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    fn min(self, a: Self::V, b: Self::V) -> Self::V;
}

/// Wide vectors that hold two sums for each of eight channels, side by side.
pub(crate) trait Pairs: Simd<WIDE> {
    /// Both values, eight times.
    fn splat_pair(self, values: [f32; 2]) -> Self::V;
    /// The sum of each pair of `a`, and behind them those of `b`.
    fn add_pairs(self, a: Self::V, b: Self::V) -> Self::V;
}

/// The vectors that a processor has: narrow ones, and perhaps wide ones.
pub(crate) trait Processor: Copy {
    type Narrow: Simd<LANES>;
    type Wide: Pairs;

    fn narrow(self) -> Self::Narrow;

    /// `None` always, or never.
    fn wide(self) -> Option<Self::Wide>;
}

/// The wide vectors of a processor that has none: nothing is ever done with them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {}

impl Simd<WIDE> for Absent {
    type V = Self;

    fn splat(self, _: f32) -> Self {
        match self {}
    }

    fn load(self, _: &[f32; WIDE]) -> Self {
        match self {}
    }

    fn store(self, _: Self, _: &mut [f32; WIDE]) {
        match self {}
    }

    fn load_half(self, _: &[f32; LANES]) -> Self {
        match self {}
    }

    fn store_half(self, _: Self, _: &mut [f32; LANES]) {
        match self {}
    }

    fn mul_add(self, _: Self, _: Self, _: Self) -> Self {
        match self {}
    }

    fn add(self, _: Self, _: Self) -> Self {
        match self {}
    }

    fn mul(self, _: Self, _: Self) -> Self {
        match self {}
    }

    fn max(self, _: Self, _: Self) -> Self {
        match self {}
    }

    fn min(self, _: Self, _: Self) -> Self {
        match self {}
    }
}

impl Pairs for Absent {
    fn splat_pair(self, _: [f32; 2]) -> Self {
        match self {}
    }

    fn add_pairs(self, _: Self, _: Self) -> Self {
        match self {}
    }
}

/// A processor with narrow vectors alone.
macro_rules! narrow {
    ($processor:ident) => {
        impl super::Processor for $processor {
            type Narrow = Self;
            type Wide = super::Absent;

            #[inline(always)]
            fn narrow(self) -> Self {
                self
            }

            #[inline(always)]
            fn wide(self) -> Option<super::Absent> {
                None
            }
        }
    };
}
pub(crate) use narrow;

/// Each kernel, compiled for the instructions of a processor, and a method to call it by. The `unsafe` is that of the file
/// that names the processor.
#[cfg(target_arch = "x86_64")]
macro_rules! compiled {
    ($processor:ident, $features:literal) => {
        super::compiled!(
            $processor, $features,
            gemm(Gemm), eight(Gemm), left(Left), depthwise(Depthwise), pool(Pool), resize(Resize), norm(Norm)
        );
    };
    ($processor:ident, $features:literal, $($kernel:ident($job:ident)),+) => {
        impl $processor {
            $(pub(crate) fn $kernel(self, job: crate::kernels::$job<'_>) {
                #[target_feature(enable = $features)]
                fn compiled(processor: $processor, job: crate::kernels::$job<'_>) {
                    crate::kernels::$kernel(processor, job);
                }
                // SAFETY: `self` is the proof that the processor has the instructions.
                unsafe { compiled(self, job) }
            })+
        }
    };
}
#[cfg(target_arch = "x86_64")]
pub(crate) use compiled;
