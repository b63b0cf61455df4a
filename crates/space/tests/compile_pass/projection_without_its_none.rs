//! What is behind the camera has no image.

use glam::Vec3;
use moretta_space::{CameraMm, Ndc, Point3, Projection, Size};

fn main() {
    let ndc_from_camera = Projection::perspective(Size::new(4, 2).unwrap(), 1.0, 10.0, 1e5).unwrap();
    let behind = Point3::<CameraMm>::from_raw(Vec3::Z);
    let image: Option<Point3<Ndc>> = ndc_from_camera.project(behind);
    assert_eq!(image, None);
}
