//! A displacement is not a place.

use glam::Vec2;
use moretta_space::{FramePx, Point2, Size, Vector2};

fn main() {
    let rect = Size::<FramePx>::new(4, 2).unwrap().rect();
    let step = Vector2::<FramePx>::from_raw(Vec2::ONE);
    assert!(rect.contains(Point2::ORIGIN + step));
}
