//! A point does not print itself.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let _ = format!("{in_frame}");
}
