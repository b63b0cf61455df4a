use core::fmt;
use core::marker::PhantomData;
use core::ops::Mul;

use glam::camera::rh::proj::directx;
use glam::{Mat4, Vec4Swizzles};

use crate::transform::{OUT_OF_RANGE, check_axes, singular};
use crate::{CameraMm, Error, FramePx, Ndc, Point3, Size, Space3, Transform3};

/// A perspective map to the space `Dst` from the space `Src`: a camera, or its inverse.
///
/// It does not keep straight lengths, and what lies behind the camera has no image, so it maps points alone,
/// by [`project`](Self::project). `ndc_from_camera * camera_from_face` is `ndc_from_face`.
#[derive(Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Projection<Dst: Space3, Src: Space3> {
    raw: Mat4,
    spaces: PhantomData<(Dst, Src)>,
}

impl Projection<Ndc, CameraMm> {
    /// The camera that fills `frame`, with square pixels and the optical axis through the middle.
    ///
    /// `fov_y_rad` is the angle from the top to the bottom of the frame; what lies `near_mm` in front of the
    /// camera gets depth 0, `far_mm` depth 1.
    ///
    /// # Errors
    /// [`Error::Camera`] unless `fov_y_rad` is between 0.001 and 3.1, `near_mm` between 0.001 and 1e9, and
    /// `far_mm` between `near_mm` and 1e9: a thousand kilometres, and a matrix that is finite throughout.
    ///
    /// # Source
    /// WebGPU, section 3.3 "Coordinate Systems", <https://www.w3.org/TR/webgpu/#coordinate-systems>.
    pub fn perspective(
        frame: Size<FramePx>,
        fov_y_rad: f32,
        near_mm: f32,
        far_mm: f32,
    ) -> Result<Self, Error> {
        check("fov_y_rad", fov_y_rad, 0.001, 3.1)?;
        check("near_mm", near_mm, 0.001, 1e9)?;
        check("far_mm", far_mm, near_mm, 1e9)?;
        // Direct3D and WebGPU share these conventions: y up, depth 0 to 1.
        Ok(Self::from_raw(directx::perspective(
            fov_y_rad,
            frame.aspect(),
            near_mm,
            far_mm,
        )))
    }
}

impl<Dst: Space3, Src: Space3> Projection<Dst, Src> {
    /// The map with homogeneous matrix `raw`, which the caller vows leads to `Dst` from `Src`, with a
    /// positive w in front of the camera.
    pub const fn from_raw(raw: Mat4) -> Self {
        Self {
            raw,
            spaces: PhantomData,
        }
    }

    /// The homogeneous matrix, without its spaces.
    pub const fn raw(self) -> Mat4 {
        self.raw
    }

    /// The image of `point`, or `None` if it lies behind the camera or beside it, or if it is not finite.
    ///
    /// The image may lie outside the frame or the range of depth; clipping is the renderer's business.
    pub fn project(self, point: Point3<Src>) -> Option<Point3<Dst>> {
        let image = self.raw * point.raw().extend(1.0);
        let point = Point3::from_raw(image.xyz() / image.w);
        (image.w > 0.0 && point.is_finite()).then_some(point)
    }

    /// The map back, from a place on the picture and its depth.
    ///
    /// # Errors
    /// [`Error::Singular`] as for [`Transform3::inverse`].
    pub fn inverse(self) -> Result<Projection<Src, Dst>, Error> {
        let lengths = [0, 1, 2, 3].map(|axis| self.raw.col(axis).length());
        check_axes::<Dst, Src>(self.is_finite(), self.raw.determinant(), &lengths)?;
        let inverse = Projection::from_raw(self.raw.inverse());
        if inverse.is_finite() {
            Ok(inverse)
        } else {
            Err(singular::<Dst, Src>(OUT_OF_RANGE))
        }
    }

    /// Whether no coefficient is NaN or infinite.
    pub fn is_finite(self) -> bool {
        self.raw.is_finite()
    }
}

impl<Dst: Space3, Via: Space3, Src: Space3> Mul<Transform3<Via, Src>> for Projection<Dst, Via> {
    type Output = Projection<Dst, Src>;
    fn mul(self, via_from_src: Transform3<Via, Src>) -> Projection<Dst, Src> {
        Projection::from_raw(self.raw * via_from_src.raw())
    }
}

/// The names of the spaces, never the matrix: it may hold a pose.
impl<Dst: Space3, Src: Space3> fmt::Debug for Projection<Dst, Src> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Projection<{}, {}>(..)", Dst::NAME, Src::NAME)
    }
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

    use glam::{Affine3, Vec2, Vec3, Vec4};

    use super::*;
    use crate::{FaceMm, Point2};

    fn camera() -> Projection<Ndc, CameraMm> {
        let frame = Size::new(640, 480).unwrap();
        Projection::perspective(frame, FRAC_PI_2, 10.0, 100_000.0).unwrap()
    }

    fn at(x: f32, y: f32, z: f32) -> Point3<CameraMm> {
        Point3::from_raw(Vec3::new(x, y, z))
    }

    #[test]
    fn the_edges_of_the_view_are_the_edges_of_the_frame() {
        // At 90 degrees, half the height of the view is the distance.
        let frame = Size::<FramePx>::new(640, 480).unwrap();
        for (point, expected) in [
            (at(0.0, 0.0, -300.0), (320.0, 240.0)),
            (at(0.0, 300.0, -300.0), (320.0, 0.0)),
            (at(0.0, -300.0, -300.0), (320.0, 480.0)),
            (at(400.0, 0.0, -300.0), (640.0, 240.0)),
            (at(-400.0, 0.0, -300.0), (0.0, 240.0)),
        ] {
            let image = frame.frame_from_ndc() * camera().project(point).unwrap().on_picture();
            assert!(image.distance(Point2::from_raw(Vec2::from(expected))) < 1e-3);
        }
    }

    #[test]
    fn depth_runs_from_near_to_far() {
        assert!(camera().project(at(0.0, 0.0, -10.0)).unwrap().raw().z.abs() < 1e-6);
        assert!((camera().project(at(0.0, 0.0, -100_000.0)).unwrap().raw().z - 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_behind_the_camera_has_no_image() {
        assert!(camera().project(at(0.0, 0.0, -1.0)).is_some());
        for point in [
            at(1e38, 0.0, -0.001),
            at(0.0, 0.0, 1.0),
            at(5.0, 5.0, 0.0),
            at(f32::NAN, 0.0, -1.0),
            at(f32::INFINITY, 0.0, -1.0),
        ] {
            assert_eq!(camera().project(point), None);
        }
    }

    #[test]
    fn a_camera_looks_through_a_pose() {
        let camera_from_face =
            Transform3::<CameraMm, FaceMm>::from_raw(Affine3::from_translation(Vec3::Z * -500.0));
        let ndc_from_face = camera() * camera_from_face;
        let nose = Point3::from_raw(Vec3::new(1.0, 2.0, 3.0));
        let (direct, chained) = (
            ndc_from_face.project(nose).unwrap(),
            camera().project(camera_from_face * nose).unwrap(),
        );
        assert!(direct.distance(chained) < 1e-6);
    }

    #[test]
    fn settings_have_ranges() {
        let frame = Size::new(640, 480).unwrap();
        let fault = |fov, near, far| match Projection::perspective(frame, fov, near, far) {
            Err(Error::Camera { parameter, .. }) => parameter,
            other => panic!("expected a fault, found {other:?}"),
        };
        for bad in [0.0, -1.0, 3.15, f32::NAN, f32::INFINITY] {
            assert_eq!(fault(bad, 10.0, 1e5), "fov_y_rad");
        }
        for bad in [0.0, -10.0, 1e10, f32::NAN] {
            assert_eq!(fault(1.0, bad, 1e5), "near_mm");
        }
        for bad in [10.0, 5.0, 1e10, f32::NAN] {
            assert_eq!(fault(1.0, 10.0, bad), "far_mm");
        }
        assert_eq!(
            Projection::perspective(frame, 1.0, 10.0, 5.0)
                .unwrap_err()
                .to_string(),
            "camera: expected far_mm above 10 and below 1000000000, found 5"
        );
    }

    #[test]
    fn settings_at_the_ends_of_their_ranges_make_finite_matrices() {
        let sides = [
            (1, 1),
            (Size::<FramePx>::MAX_SIDE, 1),
            (1, Size::<FramePx>::MAX_SIDE),
        ];
        for frame in sides.map(|(width, height)| Size::new(width, height).unwrap()) {
            for fov_y_rad in [0.001_01, 3.099] {
                for (near_mm, far_mm) in [(0.001_01, 0.001_02), (0.001_01, 9.9e8), (9.8e8, 9.9e8)] {
                    assert!(
                        Projection::perspective(frame, fov_y_rad, near_mm, far_mm)
                            .unwrap()
                            .is_finite()
                    );
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_undone_says_why() {
        assert!(camera().inverse().is_ok());
        let fault = |raw| match Projection::<Ndc, CameraMm>::from_raw(raw).inverse() {
            Err(Error::Singular {
                dst: "Ndc",
                src: "CameraMm",
                found,
            }) => found,
            other => panic!("expected a fault, found {other:?}"),
        };
        assert_eq!(fault(Mat4::ZERO), "an axis without length");
        assert_eq!(fault(Mat4::NAN), "a coefficient that is not finite");
        assert_eq!(fault(Mat4::from_cols_array(&[1.0; 16])), "dependent axes");
        assert_eq!(fault(Mat4::IDENTITY * 1e30), OUT_OF_RANGE);
        assert_eq!(
            fault(Mat4::from_diagonal(Vec4::new(1e-18, 1e18, 1e18, 1e18))),
            OUT_OF_RANGE
        );
    }

    #[test]
    fn debug_names_the_spaces_and_no_number() {
        assert_eq!(format!("{:?}", camera()), "Projection<Ndc, CameraMm>(..)");
    }
}
