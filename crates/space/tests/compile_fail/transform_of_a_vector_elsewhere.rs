//! A map takes vectors of its source.

use glam::{Affine2, Vec2};
use moretta_space::{CropPx, FramePx, Transform2, Vector2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let _ = frame_from_crop * Vector2::<FramePx>::from_raw(Vec2::X);
}
