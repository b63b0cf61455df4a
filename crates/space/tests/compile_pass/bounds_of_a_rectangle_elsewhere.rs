//! A map takes rectangles of its source.

use glam::Affine2;
use moretta_space::{CropPx, FramePx, Size, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let frame = Size::<FramePx>::new(4, 2).unwrap();
    let crop = Size::<CropPx>::new(4, 2).unwrap();
    assert_eq!(frame_from_crop.bounds(crop.rect()), Ok(frame.rect()));
}
