//! Two perspective maps have no product: behind the one is before the other.

use moretta_space::{Point3, Projection, Size};

fn main() {
    let ndc_from_camera = Projection::perspective(Size::new(4, 2).unwrap(), 1.0, 10.0, 1e5).unwrap();
    let camera_from_ndc = ndc_from_camera.inverse().unwrap();
    let _ = camera_from_ndc * ndc_from_camera;
    let _ = Point3::ORIGIN;
}
