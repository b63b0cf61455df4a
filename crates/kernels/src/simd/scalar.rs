use super::{LANES, Simd};

/// Eight lanes one after the other: on every processor, and what the other paths are compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

/// Without such an instruction `f32::mul_add` is a call into the system's library.
const FUSES: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

#[inline(always)]
fn lanes(compute: impl Fn(usize) -> f32) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    for (lane, value) in lanes.iter_mut().enumerate() {
        *value = compute(lane);
    }
    lanes
}

super::narrow!(Scalar);

impl Simd<LANES> for Scalar {
    type V = [f32; LANES];

    #[inline(always)]
    fn splat(self, value: f32) -> Self::V {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, from: &[f32; LANES]) -> Self::V {
        *from
    }

    #[inline(always)]
    fn store(self, value: Self::V, to: &mut [f32; LANES]) {
        *to = value;
    }

    #[inline(always)]
    fn load_half(self, from: &[f32; LANES]) -> Self::V {
        self.load(from)
    }

    #[inline(always)]
    fn store_half(self, value: Self::V, to: &mut [f32; LANES]) {
        self.store(value, to);
    }

    #[inline(always)]
    fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        lanes(|i| {
            if FUSES {
                a[i].mul_add(b[i], c[i])
            } else {
                a[i] * b[i] + c[i]
            }
        })
    }

    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        lanes(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        lanes(|i| a[i] * b[i])
    }

    /// The second where one is not a number, as on x86-64.
    #[inline(always)]
    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        lanes(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn min(self, a: Self::V, b: Self::V) -> Self::V {
        lanes(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
}
