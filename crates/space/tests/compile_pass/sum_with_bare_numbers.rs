//! Bare numbers are not a displacement.

use glam::Vec2;
use moretta_space::{FramePx, Point2, Vector2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    assert_eq!((in_frame + Vector2::from_raw(Vec2::X)).raw(), Vec2::new(2.0, 2.0));
}
