//! Maps chain through one space.

use glam::Affine2;
use moretta_space::{CropPx, FaceUv, FramePx, SensorPx, Transform2};

fn main() {
    let sensor_from_frame = Transform2::<SensorPx, FramePx>::from_raw(Affine2::IDENTITY);
    let crop_from_face_uv = Transform2::<CropPx, FaceUv>::from_raw(Affine2::IDENTITY);
    let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(Affine2::IDENTITY);
    let _: Transform2<SensorPx, FaceUv> = sensor_from_frame * frame_from_crop * crop_from_face_uv;
}
