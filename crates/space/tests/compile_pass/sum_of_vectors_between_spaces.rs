//! A sum lies within one space.

use glam::Vec2;
use moretta_space::{CropPx, FramePx, Vector2};

fn main() {
    let in_frame = Vector2::<FramePx>::from_raw(Vec2::X);
    let in_crop = Vector2::<CropPx>::from_raw(Vec2::Y);
    assert_eq!((in_frame + in_frame).length(), 2.0);
    assert_eq!((in_crop + in_crop).length(), 2.0);
}
