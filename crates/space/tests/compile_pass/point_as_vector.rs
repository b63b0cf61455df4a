//! A place is not a displacement.

use glam::Vec2;
use moretta_space::{FramePx, Point2, Vector2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let step = Vector2::<FramePx>::from_raw(Vec2::X);
    assert_eq!(step.dot(in_frame - Point2::ORIGIN), 1.0);
}
