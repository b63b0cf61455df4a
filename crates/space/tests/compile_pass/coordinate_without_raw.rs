//! A coordinate leaves by `raw` alone.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    assert_eq!(in_frame.raw().x, 1.0);
}
