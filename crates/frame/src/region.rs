use core::f64::consts::PI;
use core::fmt;

use glam::{Affine2, Vec2};
use moretta_space::{CropPx, FramePx, Point2, Size, Transform2, Vector2};

use crate::FrameError;

/// Where the frame's coordinates count from, seen by MediaPipe: its pixel 0 has its centre at 0, ours at 0.5.
const FIRST_CENTRE: f32 = 0.5;

/// The largest coordinate, side and angle of a region.
const MAX_NUMBER: f32 = Size::<FramePx>::MAX_SIDE as f32;

/// A turned rectangle of the upright frame that is sampled for a network.
///
/// It may reach beyond the frame. It may tell where a face is: `Debug` shows nothing of it, and it cannot be compared.
///
/// # The rule of samples
/// A crop of `n` columns samples the region at the shares `i / n` of its width, `i` from 0 to `n - 1`: the
/// first sample lies on the region's left edge and none on its right. Rows are the same. That is MediaPipe's
/// rule, by which its networks were trained, and not the half pixel further in that one might expect.
///
/// Its coordinates count from the centre of the first pixel, ours from that pixel's corner. Both ways are
/// settled here: a region is stated in [`FramePx`] like everything,
/// [`frame_from_crop`](Self::frame_from_crop) leads from where a pixel of the crop has its centre to where it
/// was sampled, and [`point_from_network`] brings in what a network says of its crop. What MediaPipe gives
/// for the same picture is less by half a pixel on both axes.
///
/// # Source
/// MediaPipe, `calculators/tensor/image_to_tensor_utils.cc` (`GetRoi`, `PadRoi`) and
/// `image_to_tensor_converter_opencv.cc`.
#[derive(Clone, Copy)]
pub struct Region {
    centre: Point2<FramePx>,
    extent: Vector2<FramePx>,
    angle_rad: f32,
}

impl Region {
    /// The region of width and height `extent` round `centre`, turned clockwise, as seen on the screen, by
    /// `angle_rad` radians.
    ///
    /// # Errors
    /// [`FrameError::Region`] if a number is NaN or infinite, if one is beyond 2^23 (where `f32` no longer
    /// tells the halves of pixels apart), or if a side is zero or negative.
    pub fn new(
        centre: Point2<FramePx>,
        extent: Vector2<FramePx>,
        angle_rad: f32,
    ) -> Result<Self, FrameError> {
        let found = if !(centre.is_finite() && extent.is_finite() && angle_rad.is_finite()) {
            "a number that is not finite"
        } else if centre
            .raw()
            .abs()
            .max(extent.raw())
            .max_element()
            .max(angle_rad.abs())
            > MAX_NUMBER
        {
            "a number out of range"
        } else if extent.raw().cmple(Vec2::ZERO).any() {
            "a side that is zero or negative"
        } else {
            return Ok(Self {
                centre,
                extent,
                angle_rad,
            });
        };
        let expected = "finite numbers within 2^23 and sides above zero";
        Err(FrameError::Region { expected, found })
    }

    /// The whole frame of size `frame`, as MediaPipe takes it: from the centre of the first pixel, hence to
    /// half a pixel beyond the last.
    pub fn whole(frame: Size<FramePx>) -> Self {
        let extent = frame.rect().extent();
        Self {
            centre: Point2::from_raw(extent.raw() * 0.5 + FIRST_CENTRE),
            extent,
            angle_rad: 0.0,
        }
    }

    /// The smallest region round this one, with its centre and its angle, that has the aspect of `crop`. A
    /// crop of it is not distorted; of the [whole](Self::whole) frame it is a letterbox.
    pub fn with_aspect_of(self, crop: Size<CropPx>) -> Self {
        // As the reference does, height over width: another order of these operations rounds differently.
        let aspect = crop.height() as f32 / crop.width() as f32;
        let extent = self.extent.raw();
        let extent = if aspect > extent.y / extent.x {
            extent.with_y(extent.x * aspect)
        } else {
            extent.with_x(extent.y / aspect)
        };
        Self {
            extent: Vector2::from_raw(extent),
            ..self
        }
    }

    /// The middle, which is the place sampled by the middle of a crop with an even number of columns and
    /// rows.
    pub const fn centre(self) -> Point2<FramePx> {
        self.centre
    }

    /// Width and height, measured along the region's own axes.
    pub const fn extent(self) -> Vector2<FramePx> {
        self.extent
    }

    /// The turn, clockwise as seen on the screen, in radians.
    pub const fn angle_rad(self) -> f32 {
        self.angle_rad
    }

    /// Carries places in a crop of size `crop` of this region to the frame: the centre of each of its pixels
    /// to the place that was sampled for it.
    pub fn frame_from_crop(self, crop: Size<CropPx>) -> Transform2<FramePx, CropPx> {
        let sides = crop.rect().extent().raw();
        let [half_right, half_down] = self.halves();
        let (right, down) = (half_right * 2.0 / sides.x, half_down * 2.0 / sides.y);
        let middle = sides * 0.5 + FIRST_CENTRE;
        let origin = self.centre.raw() - right * middle.x - down * middle.y;
        Transform2::from_raw(Affine2::from_cols(right, down, origin))
    }

    /// Where a crop of size `crop` is sampled, in MediaPipe's coordinates.
    ///
    /// The corners are rounded as the reference rounds them, and the steps are worked out in `f64` as there:
    /// where a sample lies half way between two weights, a difference in the last bit would choose the other
    /// one.
    pub(crate) fn sample_grid(self, crop: Size<CropPx>) -> SampleGrid {
        let centre = self.centre.raw() - FIRST_CENTRE;
        let [half_right, half_down] = self.halves();
        let (top_left, bottom_left) = (centre - half_down - half_right, centre + half_down - half_right);
        let top_right = centre * 2.0 - bottom_left;
        let [origin, right, bottom] =
            [top_left, top_right, bottom_left].map(|corner| corner.to_array().map(f64::from));
        let step = |end: [f64; 2], count: u32| [0, 1].map(|k| (end[k] - origin[k]) / f64::from(count));
        SampleGrid {
            origin,
            column: step(right, crop.width()),
            row: step(bottom, crop.height()),
        }
    }

    /// From the centre to the middle of the right side and to that of the lower side.
    fn halves(self) -> [Vec2; 2] {
        // By way of degrees in `f32`, as in the reference: see `sample_grid`.
        let angle_deg = (f64::from(self.angle_rad * 180.0) / PI) as f32;
        let (sin, cos) = (f64::from(angle_deg) * PI / 180.0).sin_cos();
        let (sin, cos) = (sin as f32 * 0.5, cos as f32 * 0.5);
        let extent = self.extent.raw();
        [Vec2::new(cos, sin) * extent.x, Vec2::new(-sin, cos) * extent.y]
    }
}

/// The name, never the numbers: they may frame a face.
impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Region(..)")
    }
}

/// Sample positions in the upright frame, as x and y in pixels from the centre of its first one.
pub(crate) struct SampleGrid {
    /// The first sample.
    pub(crate) origin: [f64; 2],
    /// From a sample to the next in its row.
    pub(crate) column: [f64; 2],
    /// From a row of samples to the next.
    pub(crate) row: [f64; 2],
}

/// The place in a crop that a network means by `x` and `y`, in pixels of its input.
///
/// The networks count as MediaPipe's crops do, from the centre of the first pixel; [`CropPx`] counts from its
/// corner. See [`Region`].
pub fn point_from_network(x: f32, y: f32) -> Point2<CropPx> {
    Point2::from_raw(Vec2::new(x, y) + FIRST_CENTRE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(centre: [f32; 2], extent: [f32; 2], angle_rad: f32) -> Result<Region, FrameError> {
        Region::new(
            Point2::from_raw(centre.into()),
            Vector2::from_raw(extent.into()),
            angle_rad,
        )
    }

    fn crop(width: u32, height: u32) -> Size<CropPx> {
        Size::new(width, height).unwrap()
    }

    #[test]
    fn numbers_that_make_no_region_are_refused_without_being_told() {
        assert!(region([-8388608.0, 8388608.0], [1e-30, 8388608.0], -100.0).is_ok());
        let not_finite = "a number that is not finite";
        let no_side = "a side that is zero or negative";
        let far = "a number out of range";
        for (centre, extent, angle_rad, found) in [
            ([f32::NAN, 1.0], [1.0, 1.0], 0.0, not_finite),
            ([1.0, f32::INFINITY], [1.0, 1.0], 0.0, not_finite),
            ([1.0, 1.0], [f32::INFINITY, 1.0], 0.0, not_finite),
            ([1.0, 1.0], [1.0, f32::NAN], 0.0, not_finite),
            ([1.0, 1.0], [1.0, 1.0], f32::NAN, not_finite),
            ([8388609.0, 1.0], [1.0, 1.0], 0.0, far),
            ([1.0, -8388609.0], [1.0, 1.0], 0.0, far),
            ([1.0, 1.0], [1.0, 8388609.0], 0.0, far),
            ([1.0, 1.0], [1.0, 1.0], -1e7, far),
            ([1.0, 1.0], [0.0, 1.0], 0.0, no_side),
            ([1.0, 1.0], [1.0, -1.0], 0.0, no_side),
        ] {
            assert_eq!(
                region(centre, extent, angle_rad).unwrap_err().to_string(),
                format!("region: expected finite numbers within 2^23 and sides above zero, found {found}")
            );
        }
        let face = region([201.0, 202.0], [203.0, 204.0], 0.205).unwrap();
        assert_eq!(format!("{face:?}"), "Region(..)");
    }

    #[test]
    fn the_aspect_of_the_crop_is_reached_by_growing_one_side() {
        let wide = region([50.0, 50.0], [40.0, 20.0], 0.3).unwrap();
        for (crop, extent) in [
            (crop(64, 64), [40.0, 40.0]),
            (crop(64, 32), [40.0, 20.0]),
            (crop(64, 16), [80.0, 20.0]),
        ] {
            let grown = wide.with_aspect_of(crop);
            assert_eq!(grown.extent().raw().to_array(), extent);
            assert_eq!((grown.centre(), grown.angle_rad()), (wide.centre(), 0.3));
        }
    }

    #[test]
    fn the_whole_frame_begins_at_the_first_centre() {
        let frame = Size::<FramePx>::new(640, 480).unwrap();
        let frame_from_crop = Region::whole(frame).frame_from_crop(crop(640, 480));
        let corner = Point2::from_raw(Vec2::new(0.5, 0.5));
        assert!((frame_from_crop * corner).distance(Point2::from_raw(Vec2::new(0.5, 0.5))) < 1e-4);
        let last = Point2::from_raw(Vec2::new(639.5, 479.5));
        assert!((frame_from_crop * last).distance(Point2::from_raw(Vec2::new(639.5, 479.5))) < 1e-4);
    }

    #[test]
    fn the_grid_is_the_transform_half_a_pixel_less() {
        let crop = crop(64, 32);
        for (centre, extent, angle_rad) in [
            ([50.0, 40.0], [40.0, 20.0], 0.0),
            ([50.0, 40.0], [40.0, 20.0], 1.0),
            ([-300.0, 1200.0], [3.0, 700.0], -2.5),
        ] {
            let region = region(centre, extent, angle_rad).unwrap();
            let frame_from_crop = region.frame_from_crop(crop);
            let grid = region.sample_grid(crop);
            for (i, j) in [(0, 0), (63, 0), (0, 31), (63, 31), (32, 16)] {
                let [x, y] = [0, 1].map(|k| {
                    grid.origin[k] + grid.column[k] * f64::from(i) + grid.row[k] * f64::from(j) + 0.5
                });
                let centre = Point2::from_raw(Vec2::new(i as f32 + 0.5, j as f32 + 0.5));
                let mapped = frame_from_crop * centre;
                assert!(mapped.distance(Point2::from_raw(Vec2::new(x as f32, y as f32))) < 1e-3);
            }
            assert!((frame_from_crop * point_from_network(32.0, 16.0)).distance(region.centre()) < 1e-3);
        }
    }
}
