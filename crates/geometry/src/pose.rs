use core::fmt;

use glam::{Affine3, EulerRot, Mat3, Quat, Vec3};
use moretta_space::{CameraMm, FaceMm, Point3, Rigid, Transform3, Vector3};

use crate::Error;

/// Where a head is and which way it looks, before the camera.
///
/// A rigid motion, and how many times larger than the canonical face this one was taken for. One camera cannot
/// tell a large face from a near one: [`measure`](crate::measure) takes each face for the size of the canonical
/// one, so that the scale of what it finds is 1 up to the fit's residual.
///
/// Numbers and no borrow: it can be copied, and is face data wherever it lies.
#[derive(Clone, Copy)]
pub struct FacePose {
    rigid: Rigid<CameraMm, FaceMm>,
    scale: f32,
}

impl FacePose {
    /// The pose that first makes the canonical face `scale` times as large and then moves it by `rigid`.
    ///
    /// # Errors
    /// [`Error::Scale`] unless `scale` is above 0 and finite.
    pub fn new(rigid: Rigid<CameraMm, FaceMm>, scale: f32) -> Result<Self, Error> {
        let found = if !scale.is_finite() {
            "one that is not finite"
        } else if scale <= 0.0 {
            "one that is not above 0"
        } else {
            return Ok(Self { rigid, scale });
        };
        Err(Error::Scale { found })
    }

    /// The motion alone, without the scale.
    pub const fn rigid(self) -> Rigid<CameraMm, FaceMm> {
        self.rigid
    }

    /// How many times larger than the canonical face.
    pub const fn scale(self) -> f32 {
        self.scale
    }

    /// Carries the canonical face to where the face is.
    ///
    /// The reference calls this the pose, or facial, transformation matrix; there it is in centimetres.
    pub fn camera_from_face(self) -> Transform3<CameraMm, FaceMm> {
        let (rotation, translation) = self.rigid.raw();
        Transform3::from_raw(Affine3::from_scale_rotation_translation(
            Vec3::splat(self.scale),
            rotation,
            translation,
        ))
    }

    /// Carries places before the camera to the canonical face: the head's movement is taken out, its
    /// expression stays.
    pub fn face_from_camera(self) -> Transform3<FaceMm, CameraMm> {
        let (rotation, translation) = self.rigid.inverse().raw();
        let shrink = self.scale.recip();
        Transform3::from_raw(Affine3::from_scale_rotation_translation(
            Vec3::splat(shrink),
            rotation,
            translation * shrink,
        ))
    }

    /// The unit vector towards the subject's left: the right of an unmirrored picture.
    pub fn right(self) -> Vector3<CameraMm> {
        self.axis(Vec3::X)
    }

    /// The unit vector from the head's middle to its top.
    pub fn up(self) -> Vector3<CameraMm> {
        self.axis(Vec3::Y)
    }

    /// The unit vector out of the face.
    pub fn forward(self) -> Vector3<CameraMm> {
        self.axis(Vec3::Z)
    }

    /// Where the origin of the canonical face is.
    pub fn position(self) -> Point3<CameraMm> {
        self.rigid * Point3::ORIGIN
    }

    /// The turns of the head in radians: yaw about y, positive towards the picture's right; pitch about x,
    /// positive downwards; roll about z, positive counterclockwise in the picture.
    ///
    /// The head's rotation is yaw, after pitch, after roll. Yaw and roll are within -pi to pi, pitch within
    /// -pi/2 to pi/2; for a head that looks straight up or down yaw and roll are one turn, and roll is given
    /// as 0.
    pub fn angles(self) -> HeadAngles {
        let (yaw_rad, pitch_rad, roll_rad) = self.rigid.raw().0.to_euler(EulerRot::YXZ);
        HeadAngles {
            yaw_rad,
            pitch_rad,
            roll_rad,
        }
    }

    fn axis(self, axis: Vec3) -> Vector3<CameraMm> {
        Vector3::from_raw(Mat3::from_quat(self.rigid.raw().0) * axis)
    }
}

/// The name, never the numbers: a pose is face data.
impl fmt::Debug for FacePose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FacePose(..)")
    }
}

/// The turns of a head; see [`FacePose::angles`].
#[derive(Clone, Copy)]
pub struct HeadAngles {
    /// The turn about y: 0 along the camera's axis, positive towards the picture's right.
    pub yaw_rad: f32,
    /// The nod about x: 0 level, positive downwards.
    pub pitch_rad: f32,
    /// The lean about z: 0 upright, positive counterclockwise in the picture.
    pub roll_rad: f32,
}

impl HeadAngles {
    /// The rotation of a head with these turns.
    pub fn rotation(self) -> Quat {
        Quat::from_euler(EulerRot::YXZ, self.yaw_rad, self.pitch_rad, self.roll_rad)
    }
}

/// The name, never the numbers: they are face data.
impl fmt::Debug for HeadAngles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeadAngles(..)")
    }
}

#[cfg(test)]
mod tests {
    use core::f32::consts::FRAC_PI_2;

    use proptest::prelude::*;

    use super::*;

    fn pose(yaw_rad: f32, pitch_rad: f32, roll_rad: f32) -> FacePose {
        let turns = HeadAngles {
            yaw_rad,
            pitch_rad,
            roll_rad,
        };
        let rigid = Rigid::from_raw(turns.rotation(), Vec3::new(10.0, -20.0, -500.0)).unwrap();
        FacePose::new(rigid, 1.25).unwrap()
    }

    #[test]
    fn the_turns_have_their_directions() {
        let close = |found: Vector3<CameraMm>, expected: Vec3| (found.raw() - expected).length() < 1e-6;
        let still = pose(0.0, 0.0, 0.0);
        assert!(
            close(still.forward(), Vec3::Z) && close(still.up(), Vec3::Y) && close(still.right(), Vec3::X)
        );
        assert!(
            close(pose(FRAC_PI_2, 0.0, 0.0).forward(), Vec3::X),
            "yaw leads to the picture's right"
        );
        assert!(
            close(pose(0.0, FRAC_PI_2, 0.0).forward(), -Vec3::Y),
            "pitch leads down"
        );
        assert!(
            close(pose(0.0, 0.0, FRAC_PI_2).up(), -Vec3::X),
            "roll is counterclockwise"
        );
        assert_eq!(still.position().raw(), Vec3::new(10.0, -20.0, -500.0));
    }

    #[test]
    fn a_scale_is_a_positive_number() {
        let rigid = pose(0.0, 0.0, 0.0).rigid();
        assert_eq!(FacePose::new(rigid, 0.5).unwrap().scale(), 0.5);
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(matches!(FacePose::new(rigid, bad), Err(Error::Scale { .. })));
        }
    }

    #[test]
    fn debug_names_no_number() {
        assert_eq!(format!("{:?}", pose(0.1, 0.2, 0.3)), "FacePose(..)");
        assert_eq!(format!("{:?}", pose(0.1, 0.2, 0.3).angles()), "HeadAngles(..)");
    }

    proptest! {
        #[test]
        fn angles_are_those_it_was_made_of(yaw in -3.0f32..3.0, pitch in -1.5f32..1.5, roll in -3.0f32..3.0) {
            let angles = pose(yaw, pitch, roll).angles();
            prop_assert!((angles.yaw_rad - yaw).abs() < 1e-4);
            prop_assert!((angles.pitch_rad - pitch).abs() < 1e-4);
            prop_assert!((angles.roll_rad - roll).abs() < 1e-4);
        }

        #[test]
        fn the_way_back_undoes_the_way(yaw in -3.0f32..3.0, pitch in -1.5f32..1.5, x in -99.0f32..99.0) {
            let pose = pose(yaw, pitch, 0.3);
            let place = Point3::<FaceMm>::from_raw(Vec3::new(x, 40.0, -30.0));
            let seen = pose.camera_from_face() * place;
            prop_assert!((pose.face_from_camera() * seen).distance(place) < 1e-3);
            prop_assert!((seen.distance(pose.position()) / place.distance(Point3::ORIGIN) - 1.25).abs() < 1e-4);
        }
    }
}
