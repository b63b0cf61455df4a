//! Coordinate spaces as types, over glam.
//!
//! A number pair says nothing about where it was measured. Here each point, vector, rectangle and
//! transform carries its space, so that a crop coordinate drawn as a frame coordinate is a compile
//! error and not a mask that sits beside the face.
//!
//! | space | dimensions | origin, axes | unit |
//! |---|---|---|---|
//! | [`SensorPx`] | 2 | buffer as delivered, top-left, y down | pixel |
//! | [`FramePx`] | 2 | upright, after rotation and mirror, top-left, y down | pixel |
//! | [`CropPx`] | 2 | model input, top-left, y down | pixel |
//! | [`FrameUv`], [`FaceUv`] | 2 | top-left, y down | 0..1 |
//! | [`FaceMm`], [`CameraMm`] | 3 | right-handed, y up; the camera looks along -z | mm |
//! | [`Ndc`] | 2 on the picture, 3 with depth | centre, y up, z 0..1 | - |
//!
//! In each pixel space the pixel in column `i` and row `j` covers `i..i + 1` by `j..j + 1`, so its
//! centre lies at `(i + 0.5, j + 0.5)`.
//!
//! # Reading order
//! A transform is named, like its type, destination first: `frame_from_crop` is a
//! `Transform2<FramePx, CropPx>`. Products then chain without a gap, and a wrong order does not
//! compile:
//!
//! ```
//! use glam::{Affine2, Vec2};
//! use moretta_space::{CropPx, FramePx, Orientation, Point2, Rotation, SensorPx, Size, Transform2};
//!
//! let crop_corner = Affine2::from_translation(Vec2::new(64.0, 32.0));
//! let frame_from_crop = Transform2::<FramePx, CropPx>::from_raw(crop_corner);
//! let orientation = Orientation { rotation: Rotation::Deg90, mirror: false };
//! let sensor_from_frame = orientation.sensor_from_frame(Size::<SensorPx>::new(640, 480)?);
//!
//! let nose = Point2::<CropPx>::from_raw(Vec2::new(16.5, 8.5));
//! let in_buffer: Point2<SensorPx> = sensor_from_frame * frame_from_crop * nose;
//! assert_eq!(in_buffer.raw(), Vec2::new(40.5, 399.5));
//! # Ok::<(), moretta_space::Error>(())
//! ```
//!
//! # The one exit
//! Coordinates enter by `from_raw` and leave by `raw`, and by nothing else: no fields, no `Deref`, no
//! `Into`, no `Index`, no `Display`; `Debug` names the type and its spaces and stops there, because a
//! landmark printed is a landmark leaked. Searching for `raw()` finds each place where the types stop
//! helping. What has no space is plain `f32`: lengths, products, ratios.
//!
//! # Numbers that are not numbers
//! Arithmetic follows IEEE 754: a NaN or an infinity that came in by `from_raw` comes out again, and
//! `is_finite` tells. What could hide one is checked: sizes, rectangles, rotations, cameras and inverses
//! are made by functions that return an [`Error`].

#![forbid(unsafe_code)]

mod error;
mod orientation;
mod point;
mod projection;
mod rect;
mod rigid;
mod size;
mod space;
mod transform;

pub use error::Error;
pub use orientation::{Orientation, Rotation};
pub use point::{Point2, Point3, Vector2, Vector3};
pub use projection::Projection;
pub use rect::Rect;
pub use rigid::Rigid;
pub use size::Size;
pub use space::{
    CameraMm, CropPx, FaceMm, FaceUv, FramePx, FrameUv, Ndc, PixelSpace, SensorPx, Space, Space2, Space3,
};
pub use transform::{Transform2, Transform3};
