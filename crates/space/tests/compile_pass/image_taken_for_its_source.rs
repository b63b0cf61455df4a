//! A map changes the space.

use glam::{Affine2, Vec2};
use moretta_space::{CropPx, FramePx, Point2, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let in_crop = Point2::<CropPx>::from_raw(Vec2::new(4.0, 6.0));
    let _: Point2<FramePx> = frame_from_crop * in_crop;
}
