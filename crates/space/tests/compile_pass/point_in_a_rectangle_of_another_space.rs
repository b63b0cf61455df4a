//! A rectangle holds points of its space.

use glam::Vec2;
use moretta_space::{CropPx, FramePx, Point2, Size};

fn main() {
    let frame = Size::<FramePx>::new(4, 2).unwrap().rect();
    let crop = Size::<CropPx>::new(2, 2).unwrap().rect();
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 1.0));
    assert!(frame.contains(in_frame));
    assert!(crop.contains(Point2::<CropPx>::ORIGIN));
}
