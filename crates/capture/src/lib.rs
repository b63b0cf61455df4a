//! Where frames come from: picture files, animations, a made-up moving camera; and with the platform's help cameras and
//! video files.
//!
//! Each is a [`Source`]: it lends one [`Picture`] after the other, a
//! [`FrameLayout`](moretta_frame::FrameLayout) and planes.
//!
//! | source | what | where |
//! |---|---|---|
//! | [`StillImage`] | JPEG, PNG, WebP, GIF; Exif's orientation | everywhere |
//! | [`Clip`] | animated WebP, APNG, GIF | everywhere |
//! | [`MovingCamera`] | a camera that pans, zooms and rolls over a still picture | everywhere |
//! | [`open`] | the first or the second, as a file needs it | everywhere |
#![cfg_attr(
    target_os = "linux",
    doc = "| [`V4l2Camera`] | a camera, straight from its driver | Linux |"
)]
#![cfg_attr(
    feature = "opencv",
    doc = "| [`Camera`], [`VideoFile`] | what OpenCV opens | feature `opencv` |"
)]
//!
//! ```
//! use moretta_capture::{CaptureOptions, Clip, Repeat, Source};
//!
//! #[global_allocator]
//! static HEAP: moretta_veil::FaceHeap = moretta_veil::FaceHeap;
//!
//! # fn main() -> Result<(), moretta_capture::CaptureError> {
//! # let options = CaptureOptions { policy: moretta_veil::Policy::BestEffort, ..CaptureOptions::default() };
//! # let file = include_bytes!("../../../examples/media/webcam.webp");
//! let mut clip = Clip::from_bytes(file, Repeat::Once, &options)?;
//! let mut frames = 0;
//! while let Some(picture) = clip.next_frame()? {
//!     assert_eq!(picture.layout().timestamp_ns, frames * 40_000_000);
//!     frames += 1;
//! }
//! assert_eq!(frames, 140);
//! # Ok(())
//! # }
//! ```
//!
//! # Face data
//! A frame is face data from the moment it is taken. What this crate itself holds of it lies in
//! [`FrameStore`](moretta_veil::FrameStore)s: locked, out of dumps and children, zeroed when the frame was handed over
//! or its picture dropped. Decoders work in a [`Shelter`](moretta_veil::Shelter), so that their heap is the face heap
//! and the stack that they leave is zeroed. Nothing here can be copied, compared or turned into text, and errors say
//! nothing that a decoder quotes. What cannot be reached (a driver's buffers, OpenCV's, the file that an app read) is
//! said at each source and in PRIVACY.md.
//!
//! # Time
//! Files tell time by themselves, from 0; cameras bring their driver's. Only OpenCV's cameras that tell none read a
//! clock.

#![deny(unsafe_code)]

mod apng;
mod clip;
#[cfg(feature = "opencv")]
mod cv;
mod decode;
mod encoded;
mod error;
mod format;
mod moving;
mod open;
mod options;
mod reading;
mod riff;
mod source;
mod still;
#[cfg(target_os = "linux")]
mod v4l2;
mod webp;
#[cfg(feature = "write")]
mod write;

pub use clip::Clip;
pub use encoded::EncodedPicture;
pub use error::{CaptureError, Fault};
pub use format::FileFormat;
pub use moving::{CameraPath, MovingCamera};
pub use open::open;
pub use options::{CaptureOptions, Repeat};
pub use source::{Picture, Source, SourceInfo};
pub use still::StillImage;

#[cfg(feature = "opencv")]
pub use cv::{Camera, CameraOptions, VideoFile};
#[cfg(feature = "write")]
pub use error::WriteFault;
#[cfg(target_os = "linux")]
pub use v4l2::{V4l2Camera, V4l2Memory, V4l2Options, V4l2Pixels};
#[cfg(feature = "write")]
pub use write::ClipWriter;
