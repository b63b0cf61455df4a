use std::fmt;

use crate::KernelError;
use crate::kernels::{Depthwise, Gemm, Left, Norm, Pool, Resize};
#[cfg(target_arch = "aarch64")]
use crate::simd::neon::Neon;
use crate::simd::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::simd::{avx2::Avx2, avx512::Avx512};

/// By which instructions a network is computed. Each gives the same but for rounding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Path {
    /// Those of every processor; what the compiler makes of them.
    Scalar,
    /// AVX2 and FMA, of x86-64 processors since 2013.
    Avx2,
    /// AVX-512, of x86-64 processors since 2019 (Intel, servers above all) and 2022 (AMD).
    Avx512,
    /// NEON, of each 64-bit ARM processor.
    Neon,
}

impl Path {
    /// Every path, the preferred first.
    pub const ALL: [Self; 4] = [Self::Avx512, Self::Avx2, Self::Neon, Self::Scalar];

    /// Whether this processor has the instructions.
    pub fn is_available(self) -> bool {
        Chosen::new(self).is_some()
    }

    /// The one that a plan takes by itself: the first of [`Path::ALL`] that is available.
    pub fn best() -> Self {
        let available = Self::ALL.into_iter().find(|path| path.is_available());
        available.unwrap_or(Self::Scalar)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
            Self::Neon => "NEON",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A path, with the proof that it is available.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chosen {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Chosen {
    fn new(path: Path) -> Option<Self> {
        match path {
            Path::Scalar => Some(Self::Scalar),
            #[cfg(target_arch = "x86_64")]
            Path::Avx2 => Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            Path::Avx512 => Avx512::detect().map(Self::Avx512),
            #[cfg(target_arch = "aarch64")]
            Path::Neon => Some(Self::Neon),
            #[allow(unreachable_patterns, reason = "a processor has one of them, or none")]
            _ => None,
        }
    }

    pub(crate) fn of(path: Path) -> Result<Self, KernelError> {
        Self::new(path).ok_or(KernelError::Path { path: path.name() })
    }

    /// Whether it has vectors of [`WIDE`](crate::simd::WIDE) lanes.
    pub(crate) fn is_wide(self) -> bool {
        self.path() == Path::Avx512
    }

    pub(crate) fn path(self) -> Path {
        match self {
            Self::Scalar => Path::Scalar,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Path::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Path::Avx512,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => Path::Neon,
        }
    }
}

/// A kernel by each path.
macro_rules! kernels {
    ($($kernel:ident($job:ident)),+ $(,)?) => {
        impl Chosen {
            $(pub(crate) fn $kernel(self, job: $job<'_>) {
                match self {
                    Self::Scalar => crate::kernels::$kernel(Scalar, job),
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx2(avx2) => avx2.$kernel(job),
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx512(avx512) => avx512.$kernel(job),
                    #[cfg(target_arch = "aarch64")]
                    Self::Neon => crate::kernels::$kernel(Neon, job),
                }
            })+
        }
    };
}

kernels!(
    gemm(Gemm),
    left(Left),
    depthwise(Depthwise),
    pool(Pool),
    resize(Resize),
    norm(Norm)
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::{Segment, Tap};
    use crate::weights::Weights;

    /// Numbers of -1 to 1.
    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let value = |i: usize| {
            let bits = (i as u32 ^ seed).wrapping_mul(2_654_435_761);
            (bits ^ (bits >> 15)).wrapping_mul(2_246_822_519) as f32 / u32::MAX as f32 * 2.0 - 1.0
        };
        (0..len).map(value).collect()
    }

    /// Has `compute` fill as many values by every path that there is, and compares them with `expected`.
    fn check(expected: &[f32], compute: impl Fn(Chosen, &mut [f32])) {
        let mut paths = 0;
        for path in Path::ALL.into_iter().filter(|path| path.is_available()) {
            let mut found = vec![f32::NAN; expected.len()];
            compute(Chosen::of(path).unwrap(), &mut found);
            for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
                let alike = (found - expected).abs() <= 1e-5 * expected.abs().max(1.0);
                assert!(alike, "{path}: {found} for {expected} at {at}");
            }
            paths += 1;
        }
        assert!(paths > 0);
    }

    fn bent(value: f32, slope: f32) -> f32 {
        if value < 0.0 { slope * value } else { value }
    }

    #[test]
    fn the_best_path_is_there_and_a_missing_one_is_refused() {
        assert!(Path::best().is_available());
        for path in Path::ALL {
            let refused = Chosen::of(path).err();
            let expected = KernelError::Path { path: path.name() };
            assert_eq!(refused, (!path.is_available()).then_some(expected));
        }
        assert!(!(Path::Neon.is_available() && Path::Avx2.is_available()));
    }

    #[test]
    fn products_are_those_of_plain_loops() {
        for (pixels, depth, channels, single) in [
            (1, 5, 8, true),
            (1, 33, 40, true),
            (7, 16, 16, false),
            (13, 9, 8, false),
            (9, 20, 24, false),
            (11, 3, 56, false),
        ] {
            let (bias, slopes) = (noise(channels, 1), noise(channels, 2));
            let (residual, matrix) = (noise(pixels * 8, 3), noise(2 * depth * channels, 4));
            // Two rows of pixels, three values more to a pixel than are used.
            let step = depth + 3;
            let a = noise(2 * pixels * step, 5);
            let mut expected = vec![0.0; pixels * channels];
            for pixel in 0..pixels {
                for channel in 0..channels {
                    let mut sum = bias[channel];
                    for row in 0..2 {
                        for k in 0..depth {
                            let a = a[(row * pixels + pixel) * step + k];
                            sum += a * matrix[(row * depth + k) * channels + channel];
                        }
                    }
                    if channel < 8 {
                        sum += residual[pixel * 8 + channel];
                    }
                    expected[pixel * channels + channel] = bent(sum, slopes[channel]);
                }
            }
            let segments = [0, 1].map(|row| Segment {
                start: row * pixels * step,
                weights: row * depth,
            });
            check(&expected, |path, out| {
                let mut weights = Weights::new(path.is_wide());
                let panels = weights.keep_panels(2 * depth, channels, single, |row, column| {
                    matrix[row * channels + column]
                });
                path.gemm(Gemm {
                    pixels,
                    a: &a,
                    a_step: step,
                    segments: &segments,
                    segment_len: depth,
                    weights: weights.of(&panels),
                    depth: 2 * depth,
                    bias: &bias,
                    residual: Some((&residual, 8)),
                    slopes: &slopes,
                    out,
                    channels,
                    single,
                });
            });
        }
    }

    #[test]
    fn products_from_the_left_are_those_of_plain_loops() {
        for (count, depth, channels) in [(1, 3, 8), (7, 5, 16), (14, 97, 64), (9, 4, 24)] {
            let (weights, bias) = (noise(count * depth, 1), noise(count, 2));
            let (rows, residual) = (noise(depth * channels, 3), noise(count * channels, 4));
            let value = |at: usize| {
                let (row, channel) = (at / channels, at % channels);
                let products = (0..depth).map(|k| weights[row * depth + k] * rows[k * channels + channel]);
                (bias[row] + residual[at] + products.sum::<f32>()).max(0.0)
            };
            let expected: Vec<f32> = (0..count * channels).map(value).collect();
            check(&expected, |path, out| {
                path.left(Left {
                    weights: &weights,
                    bias: &bias,
                    rows: &rows,
                    residual: Some(&residual),
                    relu: true,
                    out,
                    channels,
                });
            });
        }
    }

    #[test]
    fn depthwise_convolutions_are_those_of_plain_loops() {
        for (in_width, stride, left, width) in [
            (1, 1, 1, 1),
            (2, 1, 1, 2),
            (9, 1, 1, 9),
            (16, 1, 1, 16),
            (16, 2, 0, 8),
            (7, 2, 1, 4),
        ] {
            let channels = 16;
            let rows = noise(3 * in_width * channels, 1);
            let (weights, bias, slopes) = (noise(9 * channels, 2), noise(channels, 3), noise(channels, 4));
            let value = |at: usize| {
                let (pixel, channel) = (at / channels, at % channels);
                let mut sum = bias[channel];
                for (y, x) in (0..9).map(|tap| (tap / 3, tap % 3)) {
                    let column = (pixel * stride + x).checked_sub(left).filter(|it| *it < in_width);
                    if let Some(column) = column {
                        let value = rows[(y * in_width + column) * channels + channel];
                        sum += value * weights[(y * 3 + x) * channels + channel];
                    }
                }
                bent(sum, slopes[channel])
            };
            let expected: Vec<f32> = (0..width * channels).map(value).collect();
            let row = |y: usize| &rows[y * in_width * channels..][..in_width * channels];
            check(&expected, |path, out| {
                path.depthwise(Depthwise {
                    rows: [row(0), row(1), row(2)],
                    weights: &weights,
                    bias: &bias,
                    slopes: &slopes,
                    out,
                    channels,
                    stride,
                    left,
                });
            });
        }
    }

    #[test]
    fn pools_are_the_greatest_of_four() {
        let (above, below) = (noise(7 * 8, 1), noise(7 * 8, 2));
        let value = |at: usize| {
            let at = at / 8 * 16 + at % 8;
            above[at].max(above[at + 8]).max(below[at].max(below[at + 8]))
        };
        let expected: Vec<f32> = (0..3 * 8).map(value).collect();
        check(&expected, |path, out| {
            path.pool(Pool {
                rows: [&above, &below],
                out,
                channels: 8,
            });
        });
    }

    #[test]
    fn resizes_lie_between_their_pixels() {
        let (above, below, residual) = (noise(24, 1), noise(24, 2), noise(48, 3));
        let columns: Vec<Tap> = (0..6).map(|index| Tap::half_pixel(index, 2.0, 3)).collect();
        let at = |column: usize, channel: usize| {
            let at = column * 8 + channel;
            above[at] * 0.75 + below[at] * 0.25
        };
        // Twice the size: a quarter, and three quarters, of the way between the centres of pixels.
        let weights: [(usize, usize, f32); 6] = [
            (0, 1, 0.0),
            (0, 1, 0.25),
            (0, 1, 0.75),
            (1, 2, 0.25),
            (1, 2, 0.75),
            (2, 2, 0.0),
        ];
        let value = |index: usize| {
            let ((first, second, part), channel) = (weights[index / 8], index % 8);
            at(first, channel) * (1.0 - part) + at(second, channel) * part + residual[index]
        };
        let expected: Vec<f32> = (0..48).map(value).collect();
        check(&expected, |path, out| {
            path.resize(Resize {
                above: &above,
                below: &below,
                part: 0.25,
                columns: &columns,
                residual: Some(&residual),
                slopes: &[1.0; 8],
                out,
                channels: 8,
            });
        });
    }

    #[test]
    fn normalised_rows_have_mean_0_and_deviation_1() {
        let (rows, factors) = (noise(3 * 24, 1), noise(24, 2));
        let value = |at: usize| {
            let row = &rows[at / 24 * 24..][..24];
            let mean = row.iter().sum::<f32>() / 24.0;
            let variance = row.iter().map(|it| (it - mean).powi(2)).sum::<f32>() / 24.0;
            (rows[at] - mean) / (variance + 0.5).sqrt() * factors[at % 24]
        };
        let expected: Vec<f32> = (0..3 * 24).map(value).collect();
        check(&expected, |path, out| {
            path.norm(Norm {
                rows: &rows,
                factors: &factors,
                epsilon: 0.5,
                out,
                channels: 24,
            });
        });
    }
}
