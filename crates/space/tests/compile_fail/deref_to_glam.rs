//! A point is not a reference to bare numbers.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let _: &Vec2 = &in_frame;
}
