//! A map may have no inverse.

use glam::Affine2;
use moretta_space::{CropPx, FramePx, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let _: Transform2<CropPx, FramePx> = frame_from_crop.inverse().unwrap();
}
