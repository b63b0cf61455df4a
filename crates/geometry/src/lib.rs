//! The maths of faces: what 478 points in a picture say about a head before a camera.
//!
//! Pure functions over memory that the caller owns, which is face memory; nothing here is allocated, kept or
//! printed. Each frame goes one way:
//!
//! 1. [`measure`] fits the canonical face to the landmarks: the [pose](FacePose) of the head and the landmarks in
//!    millimetres, for a [`Camera`] that is known, wherever in the frame the face is.
//! 2. [`place_anchors`] finds the named places that effects attach things to.
//! 3. [`read_signals`] reads movements: mouth, brows, lids, nods.
//! 4. [`estimate_visibility`] tells which landmarks the face itself hides, and [`hide_beyond_border`] which are not in the
//!    picture.
//!
//! Beside them stand the tables they rest on: the [`canonical`] face and how its [`Surface`] hangs together, the
//! [`region`]s of landmarks, the [`occluder`] for the rest of the head. Lists of anchors and signals are those of
//! [`moretta_lang`], so that their order agrees with what effects read.
//!
//! ```
//! use moretta_geometry::{Camera, FrameLandmarks, LANDMARKS, canonical, measure};
//! use moretta_space::{Point3, Size};
//!
//! // What the network would say of the canonical face, half a metre before the camera.
//! let camera = Camera::from_fov_y(Size::new(1280, 720)?, 60_f32.to_radians())?;
//! let mut points = [[0.0; 3]; LANDMARKS];
//! let mean = canonical::positions().iter().map(|it| it.raw().z).sum::<f32>() / 468.0;
//! let pixels_per_mm = camera.intrinsics().fx_px / (500.0 - mean);
//! for (point, vertex) in points.iter_mut().zip(canonical::positions()) {
//!     let place = Point3::from_raw(vertex.raw() - glam::Vec3::Z * 500.0);
//!     let pixel = camera.project(place).unwrap().raw();
//!     *point = [pixel.x, pixel.y, -vertex.raw().z * pixels_per_mm];
//! }
//! # for iris in 468..LANDMARKS { points[iris] = points[if iris < 473 { 159 } else { 386 }]; }
//!
//! let mut metric = [[0.0; 3]; LANDMARKS];
//! let pose = measure(camera, FrameLandmarks::from_raw(&points)?, &mut metric)?;
//! assert!((pose.position().raw().z + 500.0).abs() < 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod anchor;
mod camera;
pub mod canonical;
mod error;
mod landmarks;
mod metric;
mod motion;
pub mod occluder;
mod pose;
mod procrustes;
pub mod region;
mod signal;
mod surface;
mod visibility;

pub use anchor::{ANCHORS, anchor_weights, place_anchors};
pub use camera::{Camera, Intrinsics};
pub use error::Error;
pub use landmarks::{FrameLandmarks, LANDMARKS, MetricLandmarks};
pub use metric::{measure, measure_as_reference};
pub use motion::{HEAD_MOTION_NUMBERS, HeadMotion};
pub use pose::{FacePose, HeadAngles};
pub use signal::{SIGNALS, read_signals};
pub use surface::Surface;
pub use visibility::{estimate_visibility, hide_beyond_border};
