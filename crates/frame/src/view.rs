use core::fmt;

use moretta_space::{FramePx, Orientation, Rotation, SensorPx, Size};

use crate::layout::PlaneLayout;
use crate::{Colour, FrameFormat, FrameLayout};

/// A camera frame whose bytes were found to be as its layout says. Made by [`FrameLayout::view`].
///
/// All it offers is upright: pixel (0, 0) is the top-left one after the rotation and the mirror of the
/// layout, although the bytes lie as the camera delivered them.
#[derive(Clone, Copy)]
pub struct FrameView<'a> {
    layout: FrameLayout,
    sensor: Size<SensorPx>,
    pub(crate) pixels: Pixels<'a>,
    /// What the columns and the rows of the upright frame are in the buffer.
    pub(crate) axes: [Axis; 2],
}

/// The bytes, by what they mean.
#[derive(Clone, Copy)]
pub(crate) enum Pixels<'a> {
    Packed(Packed<'a>),
    Yuv(Yuv<'a>),
}

/// Four bytes a pixel.
#[derive(Clone, Copy)]
pub(crate) struct Packed<'a> {
    pub(crate) plane: Plane<'a>,
    /// Whether blue comes first.
    pub(crate) bgra: bool,
}

/// Luma for each pixel, chroma for two by two. All YUV formats come down to this.
#[derive(Clone, Copy)]
pub(crate) struct Yuv<'a> {
    pub(crate) y: Plane<'a>,
    pub(crate) u: Plane<'a>,
    pub(crate) v: Plane<'a>,
    pub(crate) colour: Colour,
}

/// The samples of one kind.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'a> {
    pub(crate) bytes: &'a [u8],
    /// From a sample to its right and its lower neighbour in the buffer, in bytes.
    pub(crate) strides: [usize; 2],
}

/// An axis of the upright frame, as it lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Along the buffer's rows (0) or across them (1).
    pub(crate) along: usize,
    /// Whether it runs against the buffer's order.
    pub(crate) reversed: bool,
    /// The last coordinate on it.
    pub(crate) last: u32,
}

impl<'a> FrameView<'a> {
    /// The frame of a layout that was checked, in planes cut to the lengths that it asks for.
    pub(crate) fn checked(layout: FrameLayout, sensor: Size<SensorPx>, planes: [&'a [u8]; 3]) -> Self {
        let plane = |index: usize, skipped: usize| {
            let PlaneLayout {
                row_stride,
                pixel_stride,
            } = layout.planes[index];
            Plane {
                bytes: &planes[index][skipped..],
                strides: [pixel_stride, row_stride],
            }
        };
        let yuv = |u, v| {
            Pixels::Yuv(Yuv {
                y: plane(0, 0),
                u,
                v,
                colour: layout.colour,
            })
        };
        let packed = |bgra| {
            Pixels::Packed(Packed {
                plane: plane(0, 0),
                bgra,
            })
        };
        let pixels = match layout.format {
            FrameFormat::Rgba8 => packed(false),
            FrameFormat::Bgra8 => packed(true),
            FrameFormat::Nv12 => yuv(plane(1, 0), plane(1, 1)),
            FrameFormat::Nv21 => yuv(plane(1, 1), plane(1, 0)),
            FrameFormat::I420 | FrameFormat::Yuv420_888 => yuv(plane(1, 0), plane(2, 0)),
            FrameFormat::Yv12 => yuv(plane(2, 0), plane(1, 0)),
        };
        Self {
            layout,
            sensor,
            pixels,
            axes: axes(layout.orientation, sensor),
        }
    }

    /// The layout that the frame was viewed by.
    pub const fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// The size of the buffer as delivered.
    pub const fn sensor_size(&self) -> Size<SensorPx> {
        self.sensor
    }

    /// The size of the upright frame.
    pub const fn size(&self) -> Size<FramePx> {
        self.layout.orientation.upright(self.sensor)
    }

    /// Red, green and blue, 0 to 255, of the pixel in column `x` and row `y` of the upright frame; `None`
    /// outside.
    ///
    /// Chroma is that of the pixel's two-by-two block in the buffer, not blended with the neighbours'. The
    /// result is the level nearest to the real numbers of the colour's definition, or one next to it if those
    /// lie within 0.05 of half way between two.
    pub fn rgb(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        let [column, row] = self.axes;
        if x > column.last || y > row.last {
            return None;
        }
        let mut at = [0; 2];
        at[column.along] = column.in_buffer(x) as usize;
        at[row.along] = row.in_buffer(y) as usize;
        Some(match self.pixels {
            Pixels::Packed(packed) => {
                let start = packed.plane.offset(at);
                let [first, green, third] = [0, 1, 2].map(|channel| packed.plane.bytes[start + channel]);
                if packed.bgra {
                    [third, green, first]
                } else {
                    [first, green, third]
                }
            }
            Pixels::Yuv(yuv) => {
                let block = at.map(|along| along / 2);
                let sample = |plane: Plane<'_>, at| [plane.bytes[plane.offset(at)]];
                let (y, u, v) = (sample(yuv.y, at), sample(yuv.u, block), sample(yuv.v, block));
                yuv.colour.rgb_from_yuv(&y, &u, &v).map(|[level]| level)
            }
        })
    }
}

/// The layout, never the bytes.
impl fmt::Debug for FrameView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FrameView").field(&self.layout).finish()
    }
}

impl Plane<'_> {
    /// Where the sample of column and row `at` begins.
    pub(crate) fn offset(&self, at: [usize; 2]) -> usize {
        at[0] * self.strides[0] + at[1] * self.strides[1]
    }
}

impl Axis {
    /// The coordinate in the buffer of coordinate `at` of the upright frame, which is not above the last.
    #[inline(always)]
    pub(crate) fn in_buffer(self, at: u32) -> u32 {
        if self.reversed { self.last - at } else { at }
    }
}

/// What the columns and the rows of the upright frame are in a buffer of size `sensor`.
fn axes(orientation: Orientation, sensor: Size<SensorPx>) -> [Axis; 2] {
    // A turn clockwise by 90 degrees brings the left column to the top, read from the bottom.
    let (turned, mut reversed) = match orientation.rotation {
        Rotation::Deg0 => (false, [false, false]),
        Rotation::Deg90 => (true, [true, false]),
        Rotation::Deg180 => (false, [true, true]),
        Rotation::Deg270 => (true, [false, true]),
    };
    reversed[0] ^= orientation.mirror;
    let upright = orientation.upright(sensor);
    let axis = |along, reversed, side: u32| Axis {
        along,
        reversed,
        last: side - 1,
    };
    [
        axis(usize::from(turned), reversed[0], upright.width()),
        axis(usize::from(!turned), reversed[1], upright.height()),
    ]
}

#[cfg(test)]
mod tests {
    use moretta_space::Point2;

    use super::*;

    #[test]
    fn the_axes_lead_where_the_orientation_does() {
        let sensor = Size::<SensorPx>::new(5, 3).unwrap();
        for orientation in Orientation::ALL {
            let upright = orientation.upright(sensor);
            let sensor_from_frame = orientation.sensor_from_frame(sensor);
            let [column, row] = axes(orientation, sensor);
            for (x, y) in (0..upright.width()).flat_map(|x| (0..upright.height()).map(move |y| (x, y))) {
                let mut at = [0.0; 2];
                at[column.along] = column.in_buffer(x) as f32 + 0.5;
                at[row.along] = row.in_buffer(y) as f32 + 0.5;
                let centre = Point2::<FramePx>::from_raw([x as f32 + 0.5, y as f32 + 0.5].into());
                let expected = (sensor_from_frame * centre).raw().to_array();
                assert_eq!(at, expected, "{orientation:?}, pixel {x}, {y}");
            }
        }
    }

    #[test]
    fn debug_shows_the_layout_and_no_byte() {
        let pixel = [201, 202, 203, 204];
        let view = FrameLayout::packed(FrameFormat::Rgba8, 1, 1)
            .view(&[&pixel])
            .unwrap();
        let text = format!("{view:?}");
        assert!(text.contains("Rgba8"), "{text}");
        assert!(
            pixel.iter().all(|byte| !text.contains(&byte.to_string())),
            "{text}"
        );
    }
}
