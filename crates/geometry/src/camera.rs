use glam::{Mat4, Vec2, Vec3, Vec4};
use moretta_space::{CameraMm, FramePx, Ndc, Point2, Point3, Projection, Size, Vector3};

use crate::Error;

/// A pinhole camera without distortion: how places in [`CameraMm`] become pixels of the frame.
///
/// The frame is the upright one, after rotation and mirror, and so is the camera: intrinsics measured on the
/// sensor have to be turned along with it. It tells nothing of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    frame: Size<FramePx>,
    focal_px: Vec2,
    centre_px: Vec2,
}

/// What a calibration says of a camera, in pixels of the upright frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intrinsics {
    /// The focal length along x, in widths of a pixel.
    pub fx_px: f32,
    /// The focal length along y, in heights of a pixel.
    pub fy_px: f32,
    /// Where the optical axis meets the frame, along x: half the width for most cameras.
    pub cx_px: f32,
    /// Where it meets the frame, along y.
    pub cy_px: f32,
}

impl Camera {
    /// A camera with square pixels and its axis through the middle of `frame`, from the angle between the top
    /// and the bottom of the frame.
    ///
    /// # Errors
    /// [`Error::Camera`] unless `fov_y_rad` is between 0.001 and 3.1.
    pub fn from_fov_y(frame: Size<FramePx>, fov_y_rad: f32) -> Result<Self, Error> {
        check("fov_y_rad", fov_y_rad, 0.001, 3.1)?;
        let centre_px = sides(frame) * 0.5;
        Ok(Self {
            frame,
            focal_px: Vec2::splat(centre_px.y / (0.5 * fov_y_rad).tan()),
            centre_px,
        })
    }

    /// A camera from its calibration.
    ///
    /// # Errors
    /// [`Error::Camera`] unless the focal lengths are between 0.01 and 1000 of the frame's longer side, and the
    /// axis meets the plane of the frame within that side beyond its edges.
    pub fn from_intrinsics(frame: Size<FramePx>, intrinsics: Intrinsics) -> Result<Self, Error> {
        let Intrinsics {
            fx_px,
            fy_px,
            cx_px,
            cy_px,
        } = intrinsics;
        let sides = sides(frame);
        let longer = sides.max_element();
        check("fx_px", fx_px, 0.01 * longer, 1000.0 * longer)?;
        check("fy_px", fy_px, 0.01 * longer, 1000.0 * longer)?;
        check("cx_px", cx_px, -longer, sides.x + longer)?;
        check("cy_px", cy_px, -longer, sides.y + longer)?;
        Ok(Self {
            frame,
            focal_px: Vec2::new(fx_px, fy_px),
            centre_px: Vec2::new(cx_px, cy_px),
        })
    }

    /// The size of the frame that the camera fills.
    pub const fn frame(self) -> Size<FramePx> {
        self.frame
    }

    /// The calibration, in pixels of the frame.
    pub const fn intrinsics(self) -> Intrinsics {
        Intrinsics {
            fx_px: self.focal_px.x,
            fy_px: self.focal_px.y,
            cx_px: self.centre_px.x,
            cy_px: self.centre_px.y,
        }
    }

    /// The angle from the top to the bottom of the frame, in radians.
    pub fn fov_y_rad(self) -> f32 {
        let above = self.centre_px.y / self.focal_px.y;
        let below = (sides(self.frame).y - self.centre_px.y) / self.focal_px.y;
        above.atan() + below.atan()
    }

    /// Where `point` is seen, or `None` if it is not before the camera or not finite. It may lie outside the
    /// frame.
    pub fn project(self, point: Point3<CameraMm>) -> Option<Point2<FramePx>> {
        let point = point.raw();
        let image = Vec2::new(point.x, -point.y) / -point.z * self.focal_px + self.centre_px;
        (point.z < 0.0 && image.is_finite()).then(|| Point2::from_raw(image))
    }

    /// The direction in which `pixel` is seen, as long as it needs to be to come 1 mm nearer to the far end of
    /// the optical axis: its z is -1.
    pub fn ray(self, pixel: Point2<FramePx>) -> Vector3<CameraMm> {
        let across = (pixel.raw() - self.centre_px) / self.focal_px;
        Vector3::from_raw(Vec3::new(across.x, -across.y, -1.0))
    }

    /// The same camera for the renderer: what lies `near_mm` before it gets depth 0, `far_mm` depth 1.
    ///
    /// # Errors
    /// [`Error::Camera`] unless `near_mm` is between 0.001 and 1e9 and `far_mm` between `near_mm` and 1e9.
    ///
    /// # Source
    /// WebGPU, section 3.3 "Coordinate Systems", <https://www.w3.org/TR/webgpu/#coordinate-systems>.
    pub fn projection(self, near_mm: f32, far_mm: f32) -> Result<Projection<Ndc, CameraMm>, Error> {
        check("near_mm", near_mm, 0.001, 1e9)?;
        check("far_mm", far_mm, near_mm, 1e9)?;
        let sides = sides(self.frame);
        // Divided by w = -z, these are the pixels of `project`, from -1 to 1 across the frame and y up.
        let scale = 2.0 * self.focal_px / sides;
        let shift = (1.0 - 2.0 * self.centre_px / sides) * Vec2::new(1.0, -1.0);
        let depth = far_mm / (near_mm - far_mm);
        Ok(Projection::from_raw(Mat4::from_cols(
            Vec4::new(scale.x, 0.0, 0.0, 0.0),
            Vec4::new(0.0, scale.y, 0.0, 0.0),
            Vec4::new(shift.x, shift.y, depth, -1.0),
            Vec4::new(0.0, 0.0, depth * near_mm, 0.0),
        )))
    }
}

fn sides(frame: Size<FramePx>) -> Vec2 {
    Vec2::new(frame.width() as f32, frame.height() as f32)
}

/// Holds `found` against its bounds, both excluded; a NaN is never between them.
fn check(parameter: &'static str, found: f32, above: f32, below: f32) -> Result<(), Error> {
    if found > above && found < below {
        Ok(())
    } else {
        Err(Error::Camera {
            parameter,
            above,
            below,
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use core::f32::consts::FRAC_PI_2;

    use proptest::prelude::*;

    use super::*;

    fn frame() -> Size<FramePx> {
        Size::new(640, 480).unwrap()
    }

    fn lopsided() -> Camera {
        let intrinsics = Intrinsics {
            fx_px: 500.0,
            fy_px: 550.0,
            cx_px: 300.0,
            cy_px: 260.0,
        };
        Camera::from_intrinsics(frame(), intrinsics).unwrap()
    }

    #[test]
    fn the_edges_of_the_view_are_the_edges_of_the_frame() {
        let camera = Camera::from_fov_y(frame(), FRAC_PI_2).unwrap();
        for (at, expected) in [
            ((0.0, 0.0), (320.0, 240.0)),
            ((0.0, 300.0), (320.0, 0.0)),
            ((400.0, -300.0), (640.0, 480.0)),
        ] {
            let image = camera
                .project(Point3::from_raw(Vec3::new(at.0, at.1, -300.0)))
                .unwrap();
            assert!(image.distance(Point2::from_raw(Vec2::from(expected))) < 1e-3);
        }
        assert!((camera.fov_y_rad() - FRAC_PI_2).abs() < 1e-6);
    }

    #[test]
    fn a_centred_camera_projects_as_moretta_space_does() {
        let camera = Camera::from_fov_y(frame(), 1.1).unwrap();
        let ours = camera.projection(10.0, 1e5).unwrap().raw();
        let theirs = Projection::perspective(frame(), 1.1, 10.0, 1e5).unwrap().raw();
        assert!(ours.abs_diff_eq(theirs, 1e-6));
    }

    #[test]
    fn what_is_not_before_the_camera_is_not_seen() {
        assert!(
            lopsided()
                .project(Point3::from_raw(Vec3::new(0.0, 0.0, -1.0)))
                .is_some()
        );
        for hidden in [Vec3::ZERO, Vec3::Z, Vec3::NAN, Vec3::new(1e38, 0.0, -1e-5)] {
            assert_eq!(lopsided().project(Point3::from_raw(hidden)), None);
        }
    }

    #[test]
    fn settings_have_ranges() {
        for bad in [0.0, 3.2, f32::NAN] {
            assert!(Camera::from_fov_y(frame(), bad).is_err());
        }
        let good = lopsided().intrinsics();
        for (parameter, bad) in [
            ("fx_px", Intrinsics { fx_px: 0.0, ..good }),
            (
                "fy_px",
                Intrinsics {
                    fy_px: -500.0,
                    ..good
                },
            ),
            (
                "cx_px",
                Intrinsics {
                    cx_px: f32::NAN,
                    ..good
                },
            ),
            (
                "cy_px",
                Intrinsics {
                    cy_px: 5000.0,
                    ..good
                },
            ),
        ] {
            match Camera::from_intrinsics(frame(), bad) {
                Err(Error::Camera { parameter: found, .. }) => assert_eq!(found, parameter),
                other => panic!("expected a fault, found {other:?}"),
            }
        }
        assert!(lopsided().projection(10.0, 10.0).is_err());
        assert!(lopsided().projection(f32::NAN, 10.0).is_err());
    }

    proptest! {
        #[test]
        fn a_ray_leads_back_to_its_pixel(x in -200.0f32..900.0, y in -200.0f32..700.0, far in 10.0f32..1e4) {
            let camera = lopsided();
            let pixel = Point2::from_raw(Vec2::new(x, y));
            let place = Point3::ORIGIN + camera.ray(pixel) * far;
            let back = camera.project(place).unwrap();
            prop_assert!(back.distance(pixel) < 1e-3);
            let drawn = camera.projection(5.0, 2e4).unwrap().project(place).unwrap();
            let drawn = frame().frame_from_ndc() * drawn.on_picture();
            prop_assert!(drawn.distance(pixel) < 1e-2);
        }
    }
}
