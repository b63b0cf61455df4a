use std::fmt;

use crate::KernelError;
use crate::kernels::{Depthwise, Gemm, Left, Norm, Pool, Resize, is_for_eight};
#[cfg(target_arch = "aarch64")]
use crate::simd::neon::Neon;
use crate::simd::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::simd::{avx2::Avx2, avx512::Avx512};

/// By which instructions a network is computed. Each gives the same but for rounding, and for what is no number.
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

    /// Multiplies by the kernel that the weights were kept for.
    pub(crate) fn multiply(self, job: Gemm<'_>) {
        if is_for_eight(self.is_wide(), job.channels, job.segment_len) {
            self.eight(job);
        } else {
            self.gemm(job);
        }
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
    eight(Gemm),
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
            (1, 6, 8, true),
            (1, 33, 40, true),
            (1, 5, 56, true),
            (2, 5, 64, true),
            (7, 16, 16, false),
            (13, 9, 8, false),
            (13, 10, 8, false),
            (9, 20, 24, false),
            (11, 3, 56, false),
            // Weights that stay in registers.
            (5, 8, 8, false),
            (13, 16, 8, false),
            (21, 32, 8, false),
            (9, 8, 16, false),
            (6, 16, 16, false),
            (4, 8, 24, false),
            // Each number of vectors, with and without one pixel more than fit.
            (8, 7, 16, false),
            (16, 7, 16, false),
            (9, 5, 32, false),
            (17, 5, 40, false),
            (9, 5, 48, false),
            (17, 5, 48, false),
            (17, 5, 72, false),
        ] {
            for rows in [1, 2] {
                for gap in [0, 3] {
                    for added in [0, 8, channels - 8, channels] {
                        product(pixels, depth, channels, single, (rows, gap, added));
                    }
                }
            }
        }
    }

    /// A product over `rows` rows of pixels, of which each has `gap` values more than are used, with a residual of `added`
    /// channels.
    fn product(
        pixels: usize,
        depth: usize,
        channels: usize,
        single: bool,
        (rows, gap, added): (usize, usize, usize),
    ) {
        let (bias, slopes) = (noise(channels, 1), noise(channels, 2));
        let (residual, matrix) = (noise(pixels * added, 3), noise(rows * depth * channels, 4));
        let step = depth + gap;
        let a = noise(rows * pixels * step, 5);
        let mut expected = vec![0.0; pixels * channels];
        for pixel in 0..pixels {
            for channel in 0..channels {
                let mut sum = bias[channel];
                for row in 0..rows {
                    for k in 0..depth {
                        let a = a[(row * pixels + pixel) * step + k];
                        sum += a * matrix[(row * depth + k) * channels + channel];
                    }
                }
                if channel < added {
                    sum += residual[pixel * added + channel];
                }
                expected[pixel * channels + channel] = bent(sum, slopes[channel]);
            }
        }
        let segments: Vec<Segment> = (0..rows)
            .map(|row| Segment {
                start: row * pixels * step,
                weights: row * depth,
            })
            .collect();
        check(&expected, |path, out| {
            let mut weights = Weights::new(path.is_wide());
            let panels = weights.keep_panels([rows, depth], channels, single, |row, column| {
                matrix[row * channels + column]
            });
            path.multiply(Gemm {
                pixels,
                a: &a,
                a_step: step,
                segments: &segments,
                segment_len: depth,
                weights: weights.of(&panels),
                depth: rows * depth,
                bias: &bias,
                residual: (added > 0).then_some((&residual, added)),
                slopes: &slopes,
                out,
                channels,
                single,
            });
        });
    }

    #[test]
    fn products_from_the_left_are_those_of_plain_loops() {
        for (count, depth, channels) in [
            (1, 3, 8),
            (7, 5, 16),
            (14, 97, 64),
            (9, 4, 24),
            (9, 5, 32),
            (17, 5, 48),
            (9, 5, 8),
        ] {
            for (is_added, relu) in [(true, true), (true, false), (false, false)] {
                let (weights, bias) = (noise(count * depth, 1), noise(count, 2));
                let (rows, residual) = (noise(depth * channels, 3), noise(count * channels, 4));
                let value = |at: usize| {
                    let (row, channel) = (at / channels, at % channels);
                    let products =
                        (0..depth).map(|k| weights[row * depth + k] * rows[k * channels + channel]);
                    let added = if is_added { residual[at] } else { 0.0 };
                    let sum = bias[row] + added + products.sum::<f32>();
                    if relu { sum.max(0.0) } else { sum }
                };
                let expected: Vec<f32> = (0..count * channels).map(value).collect();
                check(&expected, |path, out| {
                    path.left(Left {
                        weights: &weights,
                        bias: &bias,
                        rows: &rows,
                        residual: is_added.then_some(&residual),
                        relu,
                        out,
                        channels,
                    });
                });
            }
        }
    }

    #[test]
    fn depthwise_convolutions_are_those_of_plain_loops() {
        for in_width in [1, 2, 3, 7, 9, 10, 16, 18, 19, 34] {
            for (stride, left, right) in [(1, 1, 1), (1, 0, 0), (1, 2, 0), (2, 0, 1), (2, 1, 1), (3, 1, 2)] {
                let reach: usize = in_width + left + right;
                if let Some(reach) = reach.checked_sub(3) {
                    for channels in [8, 16, 24, 40] {
                        depthwise(in_width, stride, left, reach / stride + 1, channels);
                    }
                }
            }
        }
    }

    /// A row of `width` pixels of a row of `in_width` pixels, of which the first kernel reaches `left` before the start.
    fn depthwise(in_width: usize, stride: usize, left: usize, width: usize, channels: usize) {
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

    #[test]
    fn pools_are_the_greatest_of_four() {
        for channels in [8, 16, 24] {
            let (above, below) = (noise(7 * channels, 1), noise(7 * channels, 2));
            let value = |at: usize| {
                let at = at / channels * 2 * channels + at % channels;
                let beside = at + channels;
                above[at].max(above[beside]).max(below[at].max(below[beside]))
            };
            let expected: Vec<f32> = (0..3 * channels).map(value).collect();
            check(&expected, |path, out| {
                path.pool(Pool {
                    rows: [&above, &below],
                    out,
                    channels,
                });
            });
        }
    }

    #[test]
    fn resizes_lie_between_their_pixels() {
        let columns: Vec<Tap> = (0..6).map(|index| Tap::half_pixel(index, 2.0, 3)).collect();
        // Twice the size: a quarter, and three quarters, of the way between the centres of pixels.
        let weights: [(usize, usize, f32); 6] = [
            (0, 1, 0.0),
            (0, 1, 0.25),
            (0, 1, 0.75),
            (1, 2, 0.25),
            (1, 2, 0.75),
            (2, 2, 0.0),
        ];
        for channels in [8, 16, 24] {
            let (above, below) = (noise(3 * channels, 1), noise(3 * channels, 2));
            let (residual, slopes) = (noise(6 * channels, 3), noise(channels, 4));
            let at = |column: usize, channel: usize| {
                let at = column * channels + channel;
                above[at] * 0.75 + below[at] * 0.25
            };
            let value = |index: usize| {
                let ((first, second, part), channel) = (weights[index / channels], index % channels);
                let value = at(first, channel) * (1.0 - part) + at(second, channel) * part;
                bent(value + residual[index], slopes[channel])
            };
            let expected: Vec<f32> = (0..6 * channels).map(value).collect();
            check(&expected, |path, out| {
                path.resize(Resize {
                    above: &above,
                    below: &below,
                    part: 0.25,
                    columns: &columns,
                    residual: Some(&residual),
                    slopes: &slopes,
                    out,
                    channels,
                });
            });
        }
    }

    #[test]
    fn normalised_rows_have_mean_0_and_deviation_1() {
        for channels in [24, 32, 48] {
            let (rows, factors) = (noise(3 * channels, 1), noise(channels, 2));
            let value = |at: usize| {
                let row = &rows[at / channels * channels..][..channels];
                let mean = row.iter().sum::<f32>() / channels as f32;
                let variance = row.iter().map(|it| (it - mean).powi(2)).sum::<f32>() / channels as f32;
                (rows[at] - mean) / (variance + 0.5).sqrt() * factors[at % channels]
            };
            let expected: Vec<f32> = (0..3 * channels).map(value).collect();
            check(&expected, |path, out| {
                path.norm(Norm {
                    rows: &rows,
                    factors: &factors,
                    epsilon: 0.5,
                    out,
                    channels,
                });
            });
        }
    }
}
