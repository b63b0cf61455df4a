//! Cameras and video files through OpenCV, where it is installed.

#![allow(
    unsafe_code,
    reason = "OpenCV writes into memory of ours; each block has its SAFETY line"
)]

mod camera;
mod reader;
mod video;

#[cfg(test)]
mod tests;

pub use camera::{Camera, CameraOptions};
pub use video::VideoFile;
