//! A place is named: the origin is not a default.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    assert_eq!(Point2::<FramePx>::ORIGIN.raw(), Vec2::ZERO);
}
