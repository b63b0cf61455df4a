//! A step is in the space of the point.

use glam::Vec2;
use moretta_space::{CropPx, FramePx, Point2, Vector2};

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let step = Vec2::new(3.0, 4.0);
    let _ = in_frame + Vector2::<CropPx>::from_raw(step);
}
