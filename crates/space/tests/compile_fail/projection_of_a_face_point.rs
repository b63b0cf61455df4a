//! A camera sees camera coordinates.

use glam::{Quat, Vec3};
use moretta_space::{CameraMm, FaceMm, Point3, Projection, Rigid, Size};

fn main() {
    let camera_from_face =
        Rigid::<CameraMm, FaceMm>::from_raw(Quat::IDENTITY, Vec3::new(0.0, 0.0, -500.0)).unwrap();
    let ndc_from_camera = Projection::perspective(Size::new(4, 2).unwrap(), 1.0, 10.0, 1e5).unwrap();
    let _ = camera_from_face;
    let _ = ndc_from_camera.project(Point3::<FaceMm>::ORIGIN);
}
