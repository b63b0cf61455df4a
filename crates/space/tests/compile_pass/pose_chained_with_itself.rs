//! Two poses in one direction have no product.

use glam::{Quat, Vec3};
use moretta_space::{CameraMm, FaceMm, Rigid};

fn main() {
    let camera_from_face =
        Rigid::<CameraMm, FaceMm>::from_raw(Quat::IDENTITY, Vec3::new(0.0, 0.0, -500.0)).unwrap();
    let _: Rigid<CameraMm, CameraMm> = camera_from_face * camera_from_face.inverse();
}
