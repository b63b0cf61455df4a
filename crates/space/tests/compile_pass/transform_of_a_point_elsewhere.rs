//! A map takes points of its source.

use glam::{Affine2, Vec2};
use moretta_space::{CropPx, FramePx, Point2, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    let in_crop = Point2::<CropPx>::from_raw(Vec2::new(4.0, 6.0));
    let moved = frame_from_crop * in_crop;
    assert!(moved.distance(in_frame) > 0.0);
}
