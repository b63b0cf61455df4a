//! A perspective map has no image of a displacement.

use glam::Vec3;
use moretta_space::{CameraMm, Point3, Projection, Size, Vector3};

fn main() {
    let ndc_from_camera = Projection::perspective(Size::new(4, 2).unwrap(), 1.0, 10.0, 1e5).unwrap();
    let step = Vector3::<CameraMm>::from_raw(Vec3::NEG_Z);
    let here = Point3::<CameraMm>::ORIGIN;
    assert!(ndc_from_camera.project(here + step).is_some());
}
