//! A map does not print itself.

use glam::Affine2;
use moretta_space::{CropPx, FramePx, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    assert_eq!(format!("{frame_from_crop:?}"), "Transform2<FramePx, CropPx>(..)");
}
