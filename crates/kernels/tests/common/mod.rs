//! The bundled networks' files.
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) const SHORT_RANGE: &[u8] = include_bytes!("../../../../models/face_detection_short_range.onnx");
pub(crate) const FULL_RANGE: &[u8] = include_bytes!("../../../../models/face_detection_full_range.onnx");
pub(crate) const LANDMARKS: &[u8] = include_bytes!("../../../../models/face_landmarks_detector.onnx");
pub(crate) const BLENDSHAPES: &[u8] = include_bytes!("../../../../models/face_blendshapes.onnx");

pub(crate) const ALL: [&[u8]; 4] = [SHORT_RANGE, FULL_RANGE, LANDMARKS, BLENDSHAPES];
