use core::fmt;
use core::marker::PhantomData;
use core::ops::Mul;

use glam::{Affine2, Affine3};

use crate::{Error, Point2, Point3, Rect, Space, Space2, Space3, Vector2, Vector3};

macro_rules! transform {
    ($transform:ident over $raw:ident { $linear:ident },
     $space:ident, $point:ident, $vector:ident, $example:literal) => {
        /// An affine map to the space `Dst` from the space `Src`, for a column of coordinates on its right.
        ///
        #[doc = concat!("Named as it is typed, destination first: ", $example, ".")]
        /// `a_from_b * b_from_c` is `a_from_c`; times a point it moves the point, times a vector it leaves
        /// the translation out.
        #[derive(Clone, Copy, PartialEq)]
        #[repr(transparent)]
        pub struct $transform<Dst: $space, Src: $space> {
            raw: $raw,
            spaces: PhantomData<(Dst, Src)>,
        }

        impl<Dst: $space, Src: $space> $transform<Dst, Src> {
            /// The map with matrix `raw`, which the caller vows leads to `Dst` from `Src`.
            pub const fn from_raw(raw: $raw) -> Self {
                Self {
                    raw,
                    spaces: PhantomData,
                }
            }

            /// The matrix, without its spaces.
            pub const fn raw(self) -> $raw {
                self.raw
            }

            /// The map back.
            ///
            /// # Errors
            /// [`Error::Singular`] if a coefficient is not finite, if the axes are so close to dependent that
            /// `f32` cannot tell, or if the inverse leaves the range of `f32`.
            pub fn inverse(self) -> Result<$transform<Src, Dst>, Error> {
                let linear = self.raw.$linear;
                let lengths = linear
                    .to_cols_array_2d()
                    .map(|axis| $vector::<Src>::from_raw(axis.into()).length());
                check_axes::<Dst, Src>(self.is_finite(), linear.determinant(), &lengths)?;
                let inverse = $transform::from_raw(self.raw.inverse());
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

        impl<S: $space> $transform<S, S> {
            /// The map that moves nothing.
            pub const IDENTITY: Self = Self::from_raw($raw::IDENTITY);
        }

        impl<Dst: $space, Via: $space, Src: $space> Mul<$transform<Via, Src>> for $transform<Dst, Via> {
            type Output = $transform<Dst, Src>;
            fn mul(self, via_from_src: $transform<Via, Src>) -> $transform<Dst, Src> {
                $transform::from_raw(self.raw * via_from_src.raw)
            }
        }

        impl<Dst: $space, Src: $space> Mul<$point<Src>> for $transform<Dst, Src> {
            type Output = $point<Dst>;
            fn mul(self, point: $point<Src>) -> $point<Dst> {
                $point::from_raw(self.raw.$linear * point.raw() + self.raw.translation)
            }
        }

        impl<Dst: $space, Src: $space> Mul<$vector<Src>> for $transform<Dst, Src> {
            type Output = $vector<Dst>;
            fn mul(self, vector: $vector<Src>) -> $vector<Dst> {
                $vector::from_raw(self.raw.$linear * vector.raw())
            }
        }

        /// The names of the spaces, never the matrix: it may tell where a face is.
        impl<Dst: $space, Src: $space> fmt::Debug for $transform<Dst, Src> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(
                    f,
                    concat!(stringify!($transform), "<{}, {}>(..)"),
                    Dst::NAME,
                    Src::NAME
                )
            }
        }
    };
}

transform!(
    Transform2 over Affine2 { matrix2 },
    Space2,
    Point2,
    Vector2,
    "`frame_from_sensor` is a `Transform2<FramePx, SensorPx>`"
);
transform!(
    Transform3 over Affine3 { matrix3 },
    Space3,
    Point3,
    Vector3,
    "`camera_from_face` is a `Transform3<CameraMm, FaceMm>`"
);

impl<Dst: Space2, Src: Space2> Transform2<Dst, Src> {
    /// The smallest rectangle round the image of `rect`, which may be turned or sheared.
    ///
    /// # Errors
    /// [`Error::Rect`] if the image is flat or leaves the range of a [`Rect`].
    pub fn bounds(self, rect: Rect<Src>) -> Result<Rect<Dst>, Error> {
        let [first, rest @ ..] = rect.corners().map(|corner| (self * corner).raw());
        // `min` and `max` pass over a NaN. But on either axis, where one corner is NaN, another is infinite
        // or all are NaN, and a rectangle takes neither.
        let min = rest.iter().fold(first, |min, corner| min.min(*corner));
        let max = rest.iter().fold(first, |max, corner| max.max(*corner));
        Rect::new(Point2::from_raw(min), Point2::from_raw(max))
    }
}

pub(crate) const OUT_OF_RANGE: &str = "an inverse out of range";

pub(crate) fn singular<Dst: Space, Src: Space>(found: &'static str) -> Error {
    Error::Singular {
        dst: Dst::NAME,
        src: Src::NAME,
        found,
    }
}

/// Tells whether axes of these `lengths` span enough volume, `determinant`, to be told apart.
///
/// The volume is at most the product of the lengths (Hadamard's inequality), and their quotient does not
/// depend on the scale of any axis. For axes that are dependent, rounding alone makes it some `f32::EPSILON`;
/// the property tests in `tests/singular.rs` find that 16 of them are enough.
pub(crate) fn check_axes<Dst: Space, Src: Space>(
    finite: bool,
    determinant: f32,
    lengths: &[f32],
) -> Result<(), Error> {
    const NOISE: f32 = 16.0 * f32::EPSILON;
    let largest = lengths.iter().product::<f32>();
    if !finite {
        Err(singular::<Dst, Src>("a coefficient that is not finite"))
    } else if lengths.contains(&0.0) {
        Err(singular::<Dst, Src>("an axis without length"))
    } else if !largest.is_normal() {
        Err(singular::<Dst, Src>(OUT_OF_RANGE))
    } else if determinant.abs() <= NOISE * largest {
        Err(singular::<Dst, Src>("dependent axes"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use glam::{Mat2, Mat3, Quat, Vec2, Vec3};

    use super::*;
    use crate::{CameraMm, CropPx, FaceMm, FramePx};

    fn fault(linear: Mat2, translation: Vec2) -> &'static str {
        let raw = Affine2 {
            matrix2: linear,
            translation,
        };
        match Transform2::<FramePx, CropPx>::from_raw(raw).inverse() {
            Err(Error::Singular {
                dst: "FramePx",
                src: "CropPx",
                found,
            }) => found,
            other => panic!("expected a fault, found {other:?}"),
        }
    }

    #[test]
    fn a_translation_moves_points_and_no_vectors() {
        let by = Vec2::new(10.0, 20.0);
        let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::from_translation(by));
        assert_eq!(
            (frame_from_crop * Point2::from_raw(Vec2::ONE)).raw(),
            Vec2::new(11.0, 21.0)
        );
        assert_eq!((frame_from_crop * Vector2::from_raw(Vec2::ONE)).raw(), Vec2::ONE);

        let raw = Affine3::from_rotation_translation(Quat::IDENTITY, Vec3::new(0.0, 0.0, -500.0));
        let camera_from_face = Transform3::<CameraMm, FaceMm>::from_raw(raw);
        assert_eq!(
            (camera_from_face * Point3::ORIGIN).raw(),
            Vec3::new(0.0, 0.0, -500.0)
        );
        assert_eq!((camera_from_face * Vector3::from_raw(Vec3::ONE)).raw(), Vec3::ONE);
    }

    #[test]
    fn identity_changes_nothing() {
        let point = Point2::<FramePx>::from_raw(Vec2::new(3.0, -4.5));
        assert_eq!(Transform2::IDENTITY * point, point);
        assert_eq!(
            Transform2::<FramePx, FramePx>::IDENTITY.inverse(),
            Ok(Transform2::IDENTITY)
        );
    }

    #[test]
    fn what_cannot_be_undone_says_why() {
        let flat = Mat2::from_cols(Vec2::new(1.0, 3.0), Vec2::new(0.1, 0.3));
        assert_eq!(fault(flat, Vec2::ZERO), "dependent axes");
        assert_eq!(
            fault(Mat2::from_diagonal(Vec2::X), Vec2::ZERO),
            "an axis without length"
        );
        assert_eq!(fault(Mat2::NAN, Vec2::ZERO), "a coefficient that is not finite");
        assert_eq!(
            fault(Mat2::IDENTITY, Vec2::INFINITY),
            "a coefficient that is not finite"
        );
        assert_eq!(
            fault(Mat2::from_diagonal(Vec2::splat(1e30)), Vec2::ZERO),
            OUT_OF_RANGE
        );
        assert_eq!(
            fault(Mat2::from_diagonal(Vec2::splat(1e-20)), Vec2::ZERO),
            OUT_OF_RANGE
        );
        assert_eq!(
            fault(Mat2::from_diagonal(Vec2::splat(1e-10)), Vec2::splat(1e30)),
            OUT_OF_RANGE
        );

        let narrow = Mat2::from_cols(Vec2::new(1.0, 3.0), Vec2::new(0.1, 0.3001));
        assert!(
            Transform2::<FramePx, CropPx>::from_raw(Affine2::from_mat2(narrow))
                .inverse()
                .is_ok()
        );
        let far_apart = Mat2::from_diagonal(Vec2::new(1e-15, 1e15));
        assert!(
            Transform2::<FramePx, CropPx>::from_raw(Affine2::from_mat2(far_apart))
                .inverse()
                .is_ok()
        );

        let flat = Mat3::from_cols(
            Vec3::new(1.0, 2.0, 3.0),
            Vec3::new(4.0, 5.0, 6.0),
            Vec3::new(7.0, 8.0, 9.0),
        );
        let error = Transform3::<CameraMm, FaceMm>::from_raw(Affine3::from_mat3(flat))
            .inverse()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "inverse of CameraMm from FaceMm: expected independent axes within the range of f32, \
             found dependent axes"
        );
    }

    #[test]
    fn bounds_enclose_a_turned_rectangle() {
        let corner = |x, y| Point2::<CropPx>::from_raw(Vec2::new(x, y));
        let square = Rect::new(corner(-1.0, -1.0), corner(1.0, 1.0)).unwrap();
        let turned = |raw| Transform2::<FramePx, CropPx>::from_raw(raw).bounds(square);
        let bounds = turned(Affine2::from_angle(core::f32::consts::FRAC_PI_4)).unwrap();
        assert!((bounds.extent().raw() - Vec2::splat(8.0_f32.sqrt())).length() < 1e-6);
        assert_eq!(bounds.centre(), Point2::ORIGIN);

        assert!(turned(Affine2::from_scale(Vec2::X)).is_err(), "flat");
        assert!(
            turned(Affine2::from_scale(Vec2::splat(f32::MAX))).is_err(),
            "out of range"
        );
        assert!(turned(Affine2::from_translation(Vec2::NAN)).is_err(), "no number");
    }

    #[test]
    fn bounds_hide_no_corner_that_is_not_finite() {
        const ODD: [f32; 8] = [
            0.0,
            1.0,
            -1.0,
            f32::MAX,
            -f32::MAX,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NAN,
        ];
        let corner = |at| Point2::<CropPx>::from_raw(Vec2::splat(at));
        let rects = [(0.0, 1.0), (-1.0, 1.0), (-2.0, 0.0), (2.0, 3.0)]
            .map(|(low, high)| Rect::new(corner(low), corner(high)).unwrap());
        let mut bounded = 0;
        for (x, y, by, rect) in ODD.iter().flat_map(|x| {
            ODD.iter().flat_map(move |y| {
                ODD.iter()
                    .flat_map(move |by| rects.map(|rect| (*x, *y, *by, rect)))
            })
        }) {
            // The second row is harmless, so the first alone decides.
            let raw = Affine2::from_cols(Vec2::new(x, 0.0), Vec2::new(y, 1.0), Vec2::new(by, 0.0));
            let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(raw);
            if frame_from_crop.bounds(rect).is_ok() {
                assert!(
                    rect.corners()
                        .iter()
                        .all(|corner| (frame_from_crop * *corner).is_finite()),
                    "{x} {y} {by}"
                );
                bounded += 1;
            }
        }
        assert!(bounded > 0, "the control: some of them have bounds");
    }

    #[test]
    fn debug_names_the_spaces_and_no_number() {
        let flat = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
        assert_eq!(format!("{flat:?}"), "Transform2<FramePx, CropPx>(..)");
        let solid = Transform3::<CameraMm, FaceMm>::from_raw(Affine3::IDENTITY);
        assert_eq!(format!("{solid:#?}"), "Transform3<CameraMm, FaceMm>(..)");
    }
}
