//! Frames in, tracked faces out.
//!
//! A [`Tracker`] finds the faces of a camera frame, measures 478 landmarks on each, follows them from frame to frame
//! under ids that say nothing, and lets go of all of it when the veil's call ends or the face does. It lives in a
//! pipeline on the veil's face thread:
//!
//! ```text
//! FrameView ─▶ detectors ─▶ regions ─▶ landmark network ─▶ smoothing ─▶ pose, visibility, blendshapes ─▶ Face
//!                 ▲             ▲              │
//!                 │             └── followed ──┘   a followed face needs no detector
//!                 └── sought: when fewer are followed than wanted
//! ```
//!
//! ```no_run
//! use moretta_frame::FrameLayout;
//! use moretta_infer::{Engine, ModelKind, Network, Plan, VerifiedModel, load_all};
//! use moretta_track::{Networks, TrackError, Tracker, TrackerOptions};
//! use moretta_veil::{Access, Extent, Reserve};
//!
//! /// On any thread, before there is a face.
//! fn load() -> Result<Vec<Plan>, moretta_infer::InferError> {
//!     let models = ModelKind::ALL.map(VerifiedModel::embedded);
//!     let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
//!     Ok(load_all(&models, Engine::default())?.into_iter().map(|loaded| loaded.plan).collect())
//! }
//!
//! /// On the face thread, when a pipeline is built.
//! fn build(room: &Reserve<'_>, plans: &[Plan], seed: u64) -> Result<Tracker, TrackError> {
//!     let networks = plans.iter().map(|plan| Ok(Box::new(plan.network()?) as Box<dyn Network>));
//!     let networks = Networks::new(networks.collect::<Result<Vec<_>, TrackError>>()?)?;
//!     Tracker::build(room, networks, TrackerOptions { seed, ..TrackerOptions::default() })
//! }
//!
//! /// On the face thread, in each frame.
//! fn frame(
//!     tracker: &mut Tracker,
//!     layout: &FrameLayout,
//!     planes: &[&[u8]],
//!     access: &Access<'_>,
//! ) -> Result<(), TrackError> {
//!     tracker.track(&layout.view(planes)?, access)?;
//!     for face in tracker.faces(access) {
//!         let _drawn_at = face.landmarks().point(4);
//!     }
//!     Ok(())
//! }
//!
//! /// On the face thread, in the pipeline's own `wipe`.
//! fn wipe(tracker: &mut Tracker, extent: Extent) {
//!     tracker.wipe(extent);
//! }
//! ```
//!
//! # Agreement with the reference
//! Crops, anchors, suppression, regions and projection are those of MediaPipe's face landmarker, so that on one picture
//! both give the same landmarks. Better than there: near and far detectors by need, smoothing for each of several
//! faces, ids, and lost faces sought in the very frame that lost them, by the detector that sees their size.
//!
//! # Face data
//! What this crate knows of faces lies in buffers of [`moretta_veil`], and on the stack and the heap of its face
//! thread. [`Face`] and [`Detection`] are lent from there: neither can be kept, compared, hashed or turned into text,
//! nor a detection copied. What they give are numbers, which can: see [`Face`]. Errors hold no number of a face. What
//! the networks' engine keeps is [`moretta_infer`]'s subject; [`Tracker::wipe`] has it overwritten.

#![forbid(unsafe_code)]

mod decode;
mod detection;
mod error;
mod face;
mod identity;
mod landmark;
mod networks;
mod options;
mod roi;
mod schedule;
mod smooth;
mod track;
mod tracker;

pub use detection::Detection;
pub use error::TrackError;
pub use face::{BLENDSHAPES, Face};
pub use networks::Networks;
pub use options::{Lens, MAX_FACES, OneEuro, Range, Smoothing, TrackerOptions};
pub use tracker::{PhotoFaces, Seen, Tracker};
