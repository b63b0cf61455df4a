//! A point has no multiple.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    assert_eq!(((in_frame - Point2::ORIGIN) * 2.0).raw(), Vec2::new(2.0, 4.0));
}
