//! A difference lies within one space.

use glam::Vec2;
use moretta_space::{CropPx, FramePx, Point2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let in_crop = Point2::<CropPx>::from_raw(Vec2::new(4.0, 6.0));
    let _ = in_frame - in_crop;
}
