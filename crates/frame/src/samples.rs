use core::fmt;

use crate::view::{Pixels, Plane};
use crate::{Colour, FrameView};

/// The bytes of a frame as the camera delivered them, by what they stand for: for whoever converts them elsewhere, as a
/// graphics processor does. All YUV formats come down to the same three kinds of samples.
#[derive(Clone, Copy, Debug)]
pub enum Samples<'a> {
    /// Four bytes a pixel.
    Packed {
        /// The pixels.
        pixels: SamplePlane<'a>,
        /// Whether blue comes first.
        bgra: bool,
    },
    /// Luma for each pixel, chroma for two by two.
    Yuv {
        /// Luma.
        y: SamplePlane<'a>,
        /// The blue chroma, one byte a sample.
        u: SamplePlane<'a>,
        /// The red chroma, one byte a sample.
        v: SamplePlane<'a>,
        /// What they stand for.
        colour: Colour,
    },
}

/// The samples of one kind in the buffer, not yet turned upright. What lies between samples and between rows may belong to
/// another kind.
#[derive(Clone, Copy)]
pub struct SamplePlane<'a> {
    /// From the first byte of the first sample to the last byte of the last.
    pub bytes: &'a [u8],
    /// Samples in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// From one sample to the next in a row, in bytes.
    pub pixel_stride: usize,
    /// From one row to the next, in bytes.
    pub row_stride: usize,
}

impl<'a> SamplePlane<'a> {
    fn of(plane: Plane<'a>, columns: u32, rows: u32) -> Self {
        let [pixel_stride, row_stride] = plane.strides;
        Self {
            bytes: plane.bytes,
            columns: columns as usize,
            rows: rows as usize,
            pixel_stride,
            row_stride,
        }
    }
}

/// How it lies, never the bytes.
impl fmt::Debug for SamplePlane<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            columns,
            rows,
            pixel_stride,
            row_stride,
            ..
        } = self;
        write!(
            f,
            "SamplePlane({columns} x {rows}, {pixel_stride} and {row_stride} bytes apart, ..)"
        )
    }
}

impl<'a> FrameView<'a> {
    /// The bytes as delivered, for [`sensor_size`](Self::sensor_size) and the layout's orientation to say where they belong.
    pub fn samples(&self) -> Samples<'a> {
        let (columns, rows) = (self.sensor_size().width(), self.sensor_size().height());
        let chroma = |plane| SamplePlane::of(plane, columns.div_ceil(2), rows.div_ceil(2));
        match self.pixels {
            Pixels::Packed(packed) => Samples::Packed {
                pixels: SamplePlane::of(packed.plane, columns, rows),
                bgra: packed.bgra,
            },
            Pixels::Yuv(yuv) => Samples::Yuv {
                y: SamplePlane::of(yuv.y, columns, rows),
                u: chroma(yuv.u),
                v: chroma(yuv.v),
                colour: yuv.colour,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FrameFormat, FrameLayout};

    /// A 5 by 3 frame whose bytes count up, and the bytes of its planes.
    fn planes(layout: &FrameLayout) -> Vec<Vec<u8>> {
        let lengths = (0..layout.format.plane_count()).map(|plane| layout.plane_len(plane).unwrap().unwrap());
        let mut next = 0_u8;
        let mut count = || {
            next = next.wrapping_add(1);
            next
        };
        lengths.map(|len| (0..len).map(|_| count()).collect()).collect()
    }

    #[test]
    fn samples_are_those_that_pixels_are_made_of() {
        for format in FrameFormat::ALL {
            let layout = FrameLayout::packed(format, 5, 3);
            let planes = planes(&layout);
            let slices: Vec<_> = planes.iter().map(Vec::as_slice).collect();
            let frame = layout.view(&slices).unwrap();
            for (x, y) in (0..5_usize).flat_map(|x| (0..3).map(move |y| (x, y))) {
                let byte = |plane: SamplePlane<'_>, x: usize, y: usize| {
                    plane.bytes[x * plane.pixel_stride + y * plane.row_stride]
                };
                let found = match frame.samples() {
                    Samples::Packed { pixels, bgra } => {
                        let at = x * pixels.pixel_stride + y * pixels.row_stride;
                        let [a, b, c] = [0, 1, 2].map(|channel| pixels.bytes[at + channel]);
                        if bgra { [c, b, a] } else { [a, b, c] }
                    }
                    Samples::Yuv {
                        y: luma,
                        u,
                        v,
                        colour,
                    } => {
                        let samples = [byte(luma, x, y), byte(u, x / 2, y / 2), byte(v, x / 2, y / 2)]
                            .map(|sample| [sample]);
                        colour
                            .rgb_from_yuv(&samples[0], &samples[1], &samples[2])
                            .map(|[level]| level)
                    }
                };
                assert_eq!(Some(found), frame.rgb(x as u32, y as u32), "{format} at {x}, {y}");
            }
        }
    }

    #[test]
    fn debug_names_no_byte() {
        let bytes = [201; 15];
        let frame = FrameLayout::packed(FrameFormat::I420, 4, 2);
        let frame = frame.view(&[&bytes[..8], &bytes[..2], &bytes[..2]]).unwrap();
        let text = format!("{:?}", frame.samples());
        assert!(text.contains("4 x 2") && !text.contains("201"), "{text}");
    }
}
