use core::fmt;
use core::marker::PhantomData;

use glam::{Affine2, Vec2};

use crate::{Error, FramePx, FrameUv, Ndc, PixelSpace, Point2, Rect, Transform2};

// Above 2^23, f32 has no halves left, and a pixel's centre would be rounded to an edge.
pub(crate) const MAX_SIDE: u32 = 1 << 23;

/// The size of a picture, in whole pixels of `S`; no side is zero.
///
/// It is a property of the camera or the model and tells nothing of a face, so `Debug` prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Size<S: PixelSpace> {
    width: u32,
    height: u32,
    space: PhantomData<S>,
}

impl<S: PixelSpace> Size<S> {
    /// The longest side, in pixels: 2^23, up to which `f32` holds each pixel's centre exactly.
    pub const MAX_SIDE: u32 = MAX_SIDE;

    /// A picture of `width` by `height` pixels.
    ///
    /// # Errors
    /// [`Error::Size`] if a side is zero or longer than [`MAX_SIDE`](Self::MAX_SIDE).
    pub const fn new(width: u32, height: u32) -> Result<Self, Error> {
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(Error::Size {
                space: S::NAME,
                width,
                height,
            });
        }
        Ok(Self::known(width, height))
    }

    /// A size whose sides are known to be in range.
    pub(crate) const fn known(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            space: PhantomData,
        }
    }

    /// The width in pixels, 1 to [`MAX_SIDE`](Self::MAX_SIDE).
    pub const fn width(self) -> u32 {
        self.width
    }

    /// The height in pixels, 1 to [`MAX_SIDE`](Self::MAX_SIDE).
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Width over height.
    pub fn aspect(self) -> f32 {
        let sides = self.sides();
        sides.x / sides.y
    }

    /// The whole picture: from the origin to the outer corner of the last pixel.
    pub fn rect(self) -> Rect<S> {
        Rect::known(Point2::ORIGIN, Point2::from_raw(self.sides()))
    }

    /// The sides as `f32`, exact because of [`MAX_SIDE`].
    pub(crate) fn sides(self) -> Vec2 {
        Vec2::new(self.width as f32, self.height as f32)
    }
}

impl Size<FramePx> {
    /// Carries texture coordinates of the frame to its pixels.
    pub fn frame_from_uv(self) -> Transform2<FramePx, FrameUv> {
        Transform2::from_raw(Affine2::from_scale(self.sides()))
    }

    /// Carries pixels of the frame to its texture coordinates.
    pub fn uv_from_frame(self) -> Transform2<FrameUv, FramePx> {
        Transform2::from_raw(Affine2::from_scale(self.sides().recip()))
    }

    /// Carries the picture plane of normalised device coordinates to the pixels of the frame: (-1, 1) to the
    /// top-left corner, (1, -1) to the bottom-right one.
    pub fn frame_from_ndc(self) -> Transform2<FramePx, Ndc> {
        let half = self.sides() * 0.5;
        Transform2::from_raw(Affine2::from_scale_angle_translation(half * Y_FLIP, 0.0, half))
    }

    /// Carries the pixels of the frame to the picture plane of normalised device coordinates.
    pub fn ndc_from_frame(self) -> Transform2<Ndc, FramePx> {
        let scale = 2.0 / self.sides() * Y_FLIP;
        Transform2::from_raw(Affine2::from_scale_angle_translation(scale, 0.0, -Y_FLIP))
    }
}

/// The name of the space and the sides.
impl<S: PixelSpace> fmt::Debug for Size<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Size<{}>({} x {})", S::NAME, self.width, self.height)
    }
}

// Pixels count downwards, normalised device coordinates upwards.
const Y_FLIP: Vec2 = Vec2::new(1.0, -1.0);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CropPx, SensorPx};

    #[test]
    fn sides_have_a_range() {
        for (width, height) in [(1, 1), (640, 480), (MAX_SIDE, MAX_SIDE)] {
            let size = Size::<SensorPx>::new(width, height).unwrap();
            assert_eq!((size.width(), size.height()), (width, height));
        }
        for (width, height) in [(0, 1), (1, 0), (0, 0), (MAX_SIDE + 1, 1), (1, u32::MAX)] {
            let error = Size::<SensorPx>::new(width, height).unwrap_err();
            assert_eq!(
                error,
                Error::Size {
                    space: "SensorPx",
                    width,
                    height
                }
            );
            assert_eq!(
                error.to_string(),
                format!(
                    "size in SensorPx: expected each side within 1..=8388608 pixels, found {width} x {height}"
                )
            );
        }
    }

    #[test]
    fn the_longest_side_is_the_last_with_exact_centres() {
        let last_centre = f64::from(MAX_SIDE) - 0.5;
        assert_eq!(f64::from(last_centre as f32), last_centre);
        let one_pixel_on = last_centre + 1.0;
        assert_ne!(f64::from(one_pixel_on as f32), one_pixel_on);
    }

    #[test]
    fn a_picture_spans_its_pixels() {
        let size = Size::<CropPx>::new(192, 128).unwrap();
        assert_eq!(format!("{size:?}"), "Size<CropPx>(192 x 128)");
        assert_eq!(size.aspect(), 1.5);
        assert_eq!(size.rect().min(), Point2::ORIGIN);
        assert_eq!(size.rect().max().raw(), Vec2::new(192.0, 128.0));
    }

    #[test]
    fn corners_and_centre_agree_in_pixels_texture_and_device_coordinates() {
        let size = Size::<FramePx>::new(640, 480).unwrap();
        for (px, uv, ndc) in [
            ((0.0, 0.0), (0.0, 0.0), (-1.0, 1.0)),
            ((640.0, 0.0), (1.0, 0.0), (1.0, 1.0)),
            ((0.0, 480.0), (0.0, 1.0), (-1.0, -1.0)),
            ((640.0, 480.0), (1.0, 1.0), (1.0, -1.0)),
            ((320.0, 240.0), (0.5, 0.5), (0.0, 0.0)),
        ] {
            let px = Point2::<FramePx>::from_raw(px.into());
            let uv = Point2::<FrameUv>::from_raw(uv.into());
            let ndc = Point2::<Ndc>::from_raw(ndc.into());
            assert_eq!((size.frame_from_uv() * uv).raw(), px.raw());
            assert_eq!((size.frame_from_ndc() * ndc).raw(), px.raw());
            assert!((size.uv_from_frame() * px).distance(uv) < 1e-6);
            assert!((size.ndc_from_frame() * px).distance(ndc) < 1e-6);
        }
    }
}
