//! Maps chain from right to left.

use glam::Affine2;
use moretta_space::{CropPx, FramePx, SensorPx, Transform2};

fn main() {
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let sensor_from_frame = Transform2::<SensorPx, FramePx>::from_raw(Affine2::IDENTITY);
    let _: Transform2<SensorPx, CropPx> = sensor_from_frame * frame_from_crop;
}
