//! A pose takes points of the face.

use glam::{Quat, Vec3};
use moretta_space::{CameraMm, FaceMm, Point3, Rigid};

fn main() {
    let camera_from_face =
        Rigid::<CameraMm, FaceMm>::from_raw(Quat::IDENTITY, Vec3::new(0.0, 0.0, -500.0)).unwrap();
    let _ = camera_from_face * Point3::<CameraMm>::ORIGIN;
}
