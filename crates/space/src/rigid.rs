use core::fmt;
use core::marker::PhantomData;
use core::ops::Mul;

use glam::{Affine3, Quat, Vec3};

use crate::{Error, Point3, Space3, Transform3, Vector3};

/// A rotation and then a translation to the space `Dst` from the space `Src`: a pose.
///
/// It keeps lengths, so both spaces count in the same unit, and it can always be undone. For anything else
/// there is [`Transform3`], which a pose turns into by `From`.
#[derive(Clone, Copy, PartialEq)]
pub struct Rigid<Dst: Space3, Src: Space3> {
    rotation: Quat,
    translation: Vec3,
    spaces: PhantomData<(Dst, Src)>,
}

impl<Dst: Space3, Src: Space3> Rigid<Dst, Src> {
    /// The pose that turns by `rotation` and then moves by `translation`, in the unit of `Dst`; the caller
    /// vows that it leads to `Dst` from `Src`.
    ///
    /// # Errors
    /// [`Error::Rigid`] if a component is not finite, or if the quaternion is off unit length by more than
    /// some rounding: 1e-4. What is within is brought to unit length.
    pub fn from_raw(rotation: Quat, translation: Vec3) -> Result<Self, Error> {
        const UNIT_TOLERANCE: f32 = 1e-4;
        let found = if !rotation.is_finite() || !translation.is_finite() {
            "a component that is not finite"
        } else if (rotation.length() - 1.0).abs() > UNIT_TOLERANCE {
            "another length"
        } else {
            return Ok(Self::of_unit(rotation.normalize(), translation));
        };
        let expected = "finite components, the quaternion of length 1";
        Err(Error::Rigid {
            dst: Dst::NAME,
            src: Src::NAME,
            expected,
            found,
        })
    }

    /// The rotation, of unit length, and the translation, without their spaces.
    pub const fn raw(self) -> (Quat, Vec3) {
        (self.rotation, self.translation)
    }

    /// The pose back.
    pub fn inverse(self) -> Rigid<Src, Dst> {
        let back = self.rotation.conjugate();
        Rigid::of_unit(back, back * -self.translation)
    }

    const fn of_unit(rotation: Quat, translation: Vec3) -> Self {
        Self {
            rotation,
            translation,
            spaces: PhantomData,
        }
    }
}

impl<Dst: Space3, Via: Space3, Src: Space3> Mul<Rigid<Via, Src>> for Rigid<Dst, Via> {
    type Output = Rigid<Dst, Src>;
    fn mul(self, via_from_src: Rigid<Via, Src>) -> Rigid<Dst, Src> {
        // Normalised each time, so that a long chain of poses does not grow or shrink a face.
        let rotation = (self.rotation * via_from_src.rotation).normalize();
        Rigid::of_unit(
            rotation,
            self.rotation * via_from_src.translation + self.translation,
        )
    }
}

impl<Dst: Space3, Src: Space3> Mul<Point3<Src>> for Rigid<Dst, Src> {
    type Output = Point3<Dst>;
    fn mul(self, point: Point3<Src>) -> Point3<Dst> {
        Point3::from_raw(self.rotation * point.raw() + self.translation)
    }
}

impl<Dst: Space3, Src: Space3> Mul<Vector3<Src>> for Rigid<Dst, Src> {
    type Output = Vector3<Dst>;
    fn mul(self, vector: Vector3<Src>) -> Vector3<Dst> {
        Vector3::from_raw(self.rotation * vector.raw())
    }
}

impl<Dst: Space3, Src: Space3> From<Rigid<Dst, Src>> for Transform3<Dst, Src> {
    fn from(pose: Rigid<Dst, Src>) -> Self {
        Self::from_raw(Affine3::from_rotation_translation(
            pose.rotation,
            pose.translation,
        ))
    }
}

/// The names of the spaces, never the numbers: a pose is face data.
impl<Dst: Space3, Src: Space3> fmt::Debug for Rigid<Dst, Src> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rigid<{}, {}>(..)", Dst::NAME, Src::NAME)
    }
}

#[cfg(test)]
mod tests {
    use core::f32::consts::FRAC_PI_2;

    use super::*;
    use crate::{CameraMm, FaceMm};

    type Pose = Rigid<CameraMm, FaceMm>;

    #[test]
    fn it_rotates_before_it_moves() {
        let pose = Pose::from_raw(Quat::from_rotation_z(FRAC_PI_2), Vec3::new(0.0, 0.0, -500.0)).unwrap();
        let nose = pose * Point3::from_raw(Vec3::new(2.0, 0.0, 30.0));
        assert!(nose.distance(Point3::from_raw(Vec3::new(0.0, 2.0, -470.0))) < 1e-4);
        let up = pose * Vector3::from_raw(Vec3::X);
        assert!((up - Vector3::from_raw(Vec3::Y)).length() < 1e-6);
    }

    #[test]
    fn only_unit_quaternions_rotate() {
        let almost = Pose::from_raw(Quat::from_xyzw(0.0, 0.0, 0.0, 1.000_05), Vec3::ZERO).unwrap();
        assert_eq!(almost.raw().0, Quat::IDENTITY);
        for (rotation, translation, expected) in [
            (
                Quat::from_xyzw(0.0, 0.0, 0.0, 1.001),
                Vec3::ZERO,
                "another length",
            ),
            (Quat::from_xyzw(0.0, 0.0, 0.0, 0.0), Vec3::ZERO, "another length"),
            (Quat::NAN, Vec3::ZERO, "a component that is not finite"),
            (Quat::IDENTITY, Vec3::INFINITY, "a component that is not finite"),
        ] {
            match Pose::from_raw(rotation, translation) {
                Err(Error::Rigid {
                    dst: "CameraMm",
                    src: "FaceMm",
                    found,
                    ..
                }) => assert_eq!(found, expected),
                other => panic!("expected a fault, found {other:?}"),
            }
        }
        assert_eq!(
            Pose::from_raw(Quat::NAN, Vec3::ZERO).unwrap_err().to_string(),
            "rigid motion to CameraMm from FaceMm: expected finite components, the quaternion of length 1, \
             found a component that is not finite"
        );
    }

    #[test]
    fn a_long_chain_keeps_its_length() {
        let step = Rigid::<FaceMm, FaceMm>::from_raw(Quat::from_rotation_y(0.1), Vec3::ZERO).unwrap();
        let chain = (0..10_000).fold(step, |chain, _| chain * step);
        assert!((chain.raw().0.length() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn debug_names_the_spaces_and_no_number() {
        let pose = Pose::from_raw(Quat::IDENTITY, Vec3::ONE).unwrap();
        assert_eq!(format!("{pose:?}"), "Rigid<CameraMm, FaceMm>(..)");
    }
}
