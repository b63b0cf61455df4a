//! Pixel formats of cameras, and how each becomes a frame.

use std::fmt;
use std::ops::Range;

use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout, PlaneLayout};

use super::abi;

/// How a camera's driver delivers pixels: those that are taken in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum V4l2Pixels {
    /// Luma; U and V in turns. Handed over as it is.
    Nv12,
    /// Luma; V and U in turns. Handed over as it is.
    Nv21,
    /// Luma, U, V. Handed over as it is.
    Yuv420,
    /// Luma, V, U. Handed over as it is.
    Yvu420,
    /// Y, U, Y, V for two pixels: what every USB camera has. Becomes NV12: the chroma of two rows is averaged.
    Yuyv,
    /// U, Y, V, Y for two pixels: HDMI grabbers. Becomes NV12 likewise.
    Uyvy,
    /// A JPEG for each frame: what USB cameras need for high definition. Decoded to RGBA.
    Mjpeg,
}

const fn fourcc(code: &[u8; 4]) -> u32 {
    u32::from_le_bytes(*code)
}

/// The names of `<linux/videodev2.h>`, without their prefix, and their numbers.
#[cfg(test)]
pub(super) const NAMES: [(&str, u32); 7] = [
    ("NV12", V4l2Pixels::Nv12.fourcc()),
    ("NV21", V4l2Pixels::Nv21.fourcc()),
    ("YUV420", V4l2Pixels::Yuv420.fourcc()),
    ("YVU420", V4l2Pixels::Yvu420.fourcc()),
    ("YUYV", V4l2Pixels::Yuyv.fourcc()),
    ("UYVY", V4l2Pixels::Uyvy.fourcc()),
    ("MJPEG", V4l2Pixels::Mjpeg.fourcc()),
];

impl V4l2Pixels {
    /// All of them, those first that cost least to take in.
    pub const ALL: [Self; 7] = [
        Self::Nv12,
        Self::Yuv420,
        Self::Yvu420,
        Self::Nv21,
        Self::Yuyv,
        Self::Uyvy,
        Self::Mjpeg,
    ];

    pub(super) const fn fourcc(self) -> u32 {
        fourcc(match self {
            Self::Nv12 => b"NV12",
            Self::Nv21 => b"NV21",
            Self::Yuv420 => b"YU12",
            Self::Yvu420 => b"YV12",
            Self::Yuyv => b"YUYV",
            Self::Uyvy => b"UYVY",
            Self::Mjpeg => b"MJPG",
        })
    }

    /// The format of the frame that comes of it.
    pub(super) const fn frame_format(self) -> FrameFormat {
        match self {
            Self::Nv12 | Self::Yuyv | Self::Uyvy => FrameFormat::Nv12,
            Self::Nv21 => FrameFormat::Nv21,
            Self::Yuv420 => FrameFormat::I420,
            Self::Yvu420 => FrameFormat::Yv12,
            Self::Mjpeg => FrameFormat::Rgba8,
        }
    }

    /// Whether the driver's bytes are the frame's.
    pub(super) const fn is_direct(self) -> bool {
        !matches!(self, Self::Yuyv | Self::Uyvy | Self::Mjpeg)
    }

    /// The frame's layout and, if it is direct, the places of its planes in the driver's buffer.
    ///
    /// # Source
    /// The kernel's `Documentation/userspace-api/media/v4l/pixfmt-yuv-planar.rst`: planes follow each other without a
    /// gap, `bytesperline` is the first one's, a half of it the others', but for NV12 and NV21.
    pub(super) fn layout(self, pix: &abi::PixFormat) -> (FrameLayout, Vec<Range<usize>>) {
        let mut layout = FrameLayout::packed(self.frame_format(), pix.width, pix.height);
        layout.colour = colour(pix);
        if !self.is_direct() {
            return (layout, Vec::new());
        }
        let stride = pix.bytesperline as usize;
        let chroma_stride = match self {
            Self::Nv12 | Self::Nv21 => stride,
            _ => stride / 2,
        };
        let rows = pix.height as usize;
        let chroma_rows = rows.div_ceil(2);
        let count = self.frame_format().plane_count();
        let mut places = Vec::with_capacity(count);
        let mut at = 0usize;
        for (plane, layout) in layout.planes.iter_mut().enumerate().take(count) {
            let (stride, rows) = if plane == 0 {
                (stride, rows)
            } else {
                (chroma_stride, chroma_rows)
            };
            *layout = PlaneLayout {
                row_stride: stride,
                ..*layout
            };
            let end = at.saturating_add(stride.saturating_mul(rows));
            places.push(at..end);
            at = end;
        }
        (layout, places)
    }
}

/// The name as `v4l2-ctl` prints it.
impl fmt::Display for V4l2Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fourcc_text(self.fourcc()))
    }
}

/// Four letters, or a number where they are none.
pub(super) fn fourcc_text(code: u32) -> String {
    let letters = code.to_le_bytes();
    if letters
        .iter()
        .all(|letter| letter.is_ascii_graphic() || *letter == b' ')
    {
        letters.iter().map(|&letter| char::from(letter)).collect()
    } else {
        format!("{code:#010x}")
    }
}

/// What the driver says of its colours, with the defaults of the header's macros.
///
/// # Source
/// `<linux/videodev2.h>`, `V4L2_MAP_YCBCR_ENC_DEFAULT` and `V4L2_MAP_QUANTIZATION_DEFAULT`.
fn colour(pix: &abi::PixFormat) -> Colour {
    let wide = match pix.ycbcr_enc {
        abi::YCBCR_ENC_DEFAULT => matches!(pix.colorspace, abi::COLORSPACE_REC709 | abi::COLORSPACE_DCI_P3),
        encoding => matches!(encoding, abi::YCBCR_ENC_709 | abi::YCBCR_ENC_XV709),
    };
    let full = match pix.quantization {
        abi::QUANTIZATION_DEFAULT => pix.colorspace == abi::COLORSPACE_JPEG,
        quantization => quantization == abi::QUANTIZATION_FULL_RANGE,
    };
    Colour {
        matrix: if wide {
            ColourMatrix::Bt709
        } else {
            ColourMatrix::Bt601
        },
        range: if full {
            ColourRange::Full
        } else {
            ColourRange::Limited
        },
    }
}

/// Makes NV12 of rows of two pixels in four bytes, `stride` bytes apart: luma as it is, chroma the mean of two rows.
///
/// `out` is luma and then chroma, without padding. Bytes are read from `packed` as far as there are any.
pub(super) fn nv12_from_packed(
    packed: &[u8],
    stride: usize,
    luma_first: bool,
    [width, height]: [usize; 2],
    out: &mut [u8],
) {
    let (luma, chroma) = out.split_at_mut(width * height);
    // In a pair of pixels: where luma begins, and where chroma does.
    let (y, uv) = if luma_first { (0, 1) } else { (1, 0) };
    let pairs = width.div_ceil(2);
    let row = |row: usize| packed.get(row * stride..).unwrap_or_default().as_chunks::<4>().0;
    for (at, out) in luma.chunks_exact_mut(width).enumerate() {
        for (out, pair) in out.chunks_mut(2).zip(row(at)) {
            out[0] = pair[y];
            if let Some(second) = out.get_mut(1) {
                *second = pair[y + 2];
            }
        }
    }
    for (at, out) in chroma.chunks_exact_mut(pairs * 2).enumerate() {
        let above = row(2 * at);
        // An odd last row has none below.
        let below = row((2 * at + 1).min(height - 1));
        for (out, (above, below)) in out.as_chunks_mut::<2>().0.iter_mut().zip(above.iter().zip(below)) {
            *out = [uv, uv + 2].map(|at| u8::midpoint(above[at], below[at]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pix(pixels: V4l2Pixels, width: u32, height: u32, bytesperline: u32) -> abi::PixFormat {
        abi::PixFormat {
            width,
            height,
            pixelformat: pixels.fourcc(),
            field: abi::FIELD_NONE,
            bytesperline,
            sizeimage: 0,
            colorspace: 0,
            private: 0,
            flags: 0,
            ycbcr_enc: 0,
            quantization: 0,
            xfer_func: 0,
        }
    }

    #[test]
    fn planes_follow_each_other() {
        for (pixels, places) in [
            (V4l2Pixels::Nv12, &[0..960, 960..1440][..]),
            (V4l2Pixels::Nv21, &[0..960, 960..1440]),
            (V4l2Pixels::Yuv420, &[0..960, 960..1200, 1200..1440]),
            (V4l2Pixels::Yvu420, &[0..960, 960..1200, 1200..1440]),
        ] {
            let (layout, found) = pixels.layout(&pix(pixels, 30, 20, 48));
            assert_eq!(found, places, "{pixels}");
            let bytes = [0; 1440];
            let planes: Vec<_> = found.iter().map(|place| &bytes[place.clone()]).collect();
            assert!(layout.view(&planes).is_ok(), "{pixels}");
            // A byte less is too few.
            let mut short = planes.clone();
            let last = short.len() - 1;
            short[last] = &short[last][..layout.plane_len(last).unwrap().unwrap() - 1];
            assert!(layout.view(&short).is_err(), "{pixels}");
        }
        let (layout, places) = V4l2Pixels::Yuyv.layout(&pix(V4l2Pixels::Yuyv, 30, 20, 64));
        assert_eq!(
            (layout, places.len()),
            (
                FrameLayout {
                    colour: layout.colour,
                    ..FrameLayout::packed(FrameFormat::Nv12, 30, 20)
                },
                0
            )
        );
    }

    #[test]
    fn colours_default_as_the_header_says() {
        let of = |colorspace, ycbcr_enc, quantization| {
            colour(&abi::PixFormat {
                colorspace,
                ycbcr_enc,
                quantization,
                ..pix(V4l2Pixels::Nv12, 2, 2, 2)
            })
        };
        let limited = ColourRange::Limited;
        let (narrow, wide) = (ColourMatrix::Bt601, ColourMatrix::Bt709);
        assert_eq!(
            of(8, 0, 0),
            Colour {
                matrix: narrow,
                range: limited
            },
            "sRGB: USB cameras"
        );
        assert_eq!(
            of(3, 0, 0),
            Colour {
                matrix: wide,
                range: limited
            }
        );
        assert_eq!(
            of(7, 0, 0),
            Colour {
                matrix: narrow,
                range: ColourRange::Full
            }
        );
        assert_eq!(
            of(3, 1, 1),
            Colour {
                matrix: narrow,
                range: ColourRange::Full
            }
        );
        assert_eq!(
            of(7, 2, 2),
            Colour {
                matrix: wide,
                range: limited
            }
        );
    }

    #[test]
    fn packed_rows_become_luma_and_averaged_chroma() {
        // Two rows of three pixels (the fourth is padding), in rows of ten bytes, and a third row.
        let rows: [[u8; 10]; 3] = [
            [1, 10, 2, 20, 3, 30, 99, 40, 0, 0],
            [4, 12, 5, 22, 6, 32, 99, 42, 0, 0],
            [7, 50, 8, 60, 9, 70, 99, 80, 0, 0],
        ];
        let mut out = [0; 9 + 8];
        nv12_from_packed(&rows.concat(), 10, true, [3, 3], &mut out);
        assert_eq!(out, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 21, 31, 41, 50, 60, 70, 80]);
        let swapped = rows.map(|row| {
            let [a, b, c, d, e, f, g, h, i, j] = row;
            [b, a, d, c, f, e, h, g, i, j]
        });
        let mut other = [0; 9 + 8];
        nv12_from_packed(&swapped.concat(), 10, false, [3, 3], &mut other);
        assert_eq!(other, out);
        // A buffer that ends early leaves the rest as it was.
        let mut short = [255; 9 + 8];
        nv12_from_packed(&rows.concat()[..10], 10, true, [3, 3], &mut short);
        assert_eq!(short[..6], [1, 2, 3, 255, 255, 255]);
    }
}
