use moretta_space::{Orientation, SensorPx, Size};

use crate::format::PlaneShape;
use crate::{Colour, FrameError, FrameFormat, FrameView};

/// The longest side of a frame, in pixels: what graphics processors take as a texture.
pub const MAX_SIDE: u32 = 16384;

/// Where the samples of a plane lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaneLayout {
    /// From one row to the next, in bytes; what lies between the end of a row and the next is padding.
    pub row_stride: usize,
    /// From one sample to the next in a row, in bytes. A sample of the second plane of NV12 and NV21 is a
    /// pair.
    pub pixel_stride: usize,
}

/// Everything about a camera frame but its bytes.
///
/// The fields are as the camera told them. [`view`](Self::view) checks them, together with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLayout {
    /// How the pixels lie in memory.
    pub format: FrameFormat,
    /// The width of the buffer as delivered, in pixels: 1 to [`MAX_SIDE`], odd or even.
    pub width: u32,
    /// The height of the buffer as delivered, in pixels: 1 to [`MAX_SIDE`], odd or even.
    pub height: u32,
    /// The planes in the format's order; those that it does not have are ignored.
    pub planes: [PlaneLayout; 3],
    /// What luma and chroma stand for.
    pub colour: Colour,
    /// How the buffer is brought upright.
    pub orientation: Orientation,
    /// When the frame was taken, in nanoseconds of a clock that the source chooses and keeps; see
    /// [`Timeline`](crate::Timeline).
    pub timestamp_ns: u64,
}

impl FrameLayout {
    /// A frame of `width` by `height` pixels without padding, upright, of the default colour, at time 0. The
    /// chroma of [`FrameFormat::Yuv420_888`] has a pixel stride of 1.
    pub const fn packed(format: FrameFormat, width: u32, height: u32) -> Self {
        let mut planes = [PlaneLayout {
            row_stride: 0,
            pixel_stride: 0,
        }; 3];
        let shapes = format.plane_shapes();
        let mut i = 0;
        while i < shapes.len() {
            let pixel_stride = shapes[i].pixel_strides.0;
            let columns = shapes[i].samples(width);
            planes[i] = PlaneLayout {
                row_stride: columns.saturating_mul(pixel_stride),
                pixel_stride,
            };
            i += 1;
        }
        Self {
            format,
            width,
            height,
            planes,
            colour: Colour::CAMERA,
            orientation: Orientation::UPRIGHT,
            timestamp_ns: 0,
        }
    }

    /// The size of the buffer as delivered.
    ///
    /// # Errors
    /// [`FrameError::Size`] if a side is zero or longer than [`MAX_SIDE`].
    pub fn sensor_size(&self) -> Result<Size<SensorPx>, FrameError> {
        let (width, height) = (self.width, self.height);
        let refused = FrameError::Size { width, height };
        if width > MAX_SIDE || height > MAX_SIDE {
            return Err(refused);
        }
        Size::new(width, height).map_err(|_| refused)
    }

    /// How many bytes plane `plane` must have, which is to the end of the last sample of its last row:
    /// padding after it may be missing. `None` if the format has no such plane.
    ///
    /// # Errors
    /// [`FrameError::Size`], [`FrameError::PixelStride`], [`FrameError::RowStride`] and
    /// [`FrameError::Overflow`] as [`view`](Self::view).
    pub fn plane_len(&self, plane: usize) -> Result<Option<usize>, FrameError> {
        self.sensor_size()?;
        let Some(shape) = self.format.plane_shapes().get(plane) else {
            return Ok(None);
        };
        let format = self.format;
        let PlaneLayout {
            row_stride,
            pixel_stride,
        } = self.planes[plane];
        let (least, most) = shape.pixel_strides;
        if pixel_stride < least || pixel_stride > most {
            return Err(FrameError::PixelStride {
                format,
                plane,
                expected: shape.pixel_strides_in_words(),
                found: pixel_stride,
            });
        }
        // Neither side is above MAX_SIDE and no pixel stride above 4, so a row is no longer than 64 KiB.
        let row = (shape.samples(self.width) - 1) * pixel_stride + shape.sample_bytes;
        if row_stride < row {
            return Err(FrameError::RowStride {
                format,
                plane,
                expected: row,
                found: row_stride,
            });
        }
        let rows = shape.samples(self.height);
        let bytes = (rows - 1)
            .checked_mul(row_stride)
            .and_then(|start| start.checked_add(row))
            .filter(|bytes| isize::try_from(*bytes).is_ok());
        match bytes {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(FrameError::Overflow {
                format,
                plane,
                rows,
                found: row_stride,
            }),
        }
    }

    /// The frame in `planes`, in the order of the format, each from the first byte of its first sample.
    ///
    /// They may overlap, as Android's chroma planes do, and be longer than needed; padding is never read.
    ///
    /// # Errors
    /// [`FrameError::Size`], [`FrameError::PlaneCount`], and for each plane, named by its index,
    /// [`FrameError::PixelStride`], [`FrameError::RowStride`], [`FrameError::Overflow`] or
    /// [`FrameError::PlaneLength`].
    pub fn view<'a>(&self, planes: &[&'a [u8]]) -> Result<FrameView<'a>, FrameError> {
        let sensor = self.sensor_size()?;
        let format = self.format;
        let expected = format.plane_count();
        if planes.len() != expected {
            return Err(FrameError::PlaneCount {
                format,
                expected,
                found: planes.len(),
            });
        }
        let mut checked = [&[][..]; 3];
        for (plane, (bytes, checked)) in planes.iter().zip(&mut checked).enumerate() {
            let expected = self.plane_len(plane)?.unwrap_or_default();
            if bytes.len() < expected {
                return Err(FrameError::PlaneLength {
                    format,
                    plane,
                    expected,
                    found: bytes.len(),
                });
            }
            *checked = &bytes[..expected];
        }
        Ok(FrameView::checked(*self, sensor, checked))
    }
}

impl PlaneShape {
    /// How many samples the plane has along a side of `pixels`, which is not zero.
    const fn samples(&self, pixels: u32) -> usize {
        pixels.div_ceil(1 << self.halvings) as usize
    }

    const fn pixel_strides_in_words(&self) -> &'static str {
        match self.pixel_strides {
            (1, 1) => "1",
            (1, _) => "1 or 2",
            (2, _) => "2",
            _ => "4",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_planes_have_the_lengths_that_are_known_of_them() {
        // 5 by 3 pixels have 3 by 2 chroma samples.
        for (format, lengths) in [
            (FrameFormat::Rgba8, [Some(60), None, None]),
            (FrameFormat::Bgra8, [Some(60), None, None]),
            (FrameFormat::Nv12, [Some(15), Some(12), None]),
            (FrameFormat::Nv21, [Some(15), Some(12), None]),
            (FrameFormat::I420, [Some(15), Some(6), Some(6)]),
            (FrameFormat::Yv12, [Some(15), Some(6), Some(6)]),
            (FrameFormat::Yuv420_888, [Some(15), Some(6), Some(6)]),
        ] {
            let layout = FrameLayout::packed(format, 5, 3);
            let found = [0, 1, 2].map(|plane| layout.plane_len(plane).unwrap());
            assert_eq!(found, lengths, "{format}");
            assert_eq!(layout.plane_len(3), Ok(None));
        }
    }

    #[test]
    fn a_plane_ends_with_its_last_sample() {
        // As Android delivers 640 x 480: two bytes from sample to sample, and the last of them is missing.
        let mut layout = FrameLayout::packed(FrameFormat::Yuv420_888, 640, 480);
        let chroma = PlaneLayout {
            row_stride: 640,
            pixel_stride: 2,
        };
        layout.planes[1..].fill(chroma);
        assert_eq!(layout.plane_len(1), Ok(Some(640 * 480 / 2 - 1)));
        layout.planes[0].row_stride = 1024;
        assert_eq!(layout.plane_len(0), Ok(Some(479 * 1024 + 640)));
    }
}
