use moretta_frame::FrameError;
use moretta_infer::{InferError, ModelKind};
use moretta_veil::VeilError;

/// Why a tracker could not be built, or a frame not be tracked.
///
/// That there is no face is no error. A message names settings and networks, never a face.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError {
    /// A setting is out of its range.
    #[error("tracker: expected {option} within {low} to {high}, found {found}")]
    Option {
        /// The setting, named as it is in [`TrackerOptions`](crate::TrackerOptions) or in what these hold.
        option: &'static str,
        /// The least that it may be.
        low: f32,
        /// The most that it may be.
        high: f32,
        /// What it is set to.
        found: f32,
    },
    /// The options need a network that was not given.
    #[error("tracker: expected the network {kind}, which {option} needs, found none")]
    NetworkMissing {
        /// The network.
        kind: ModelKind,
        /// The setting that needs it.
        option: &'static str,
    },
    /// A network was given twice.
    #[error("tracker: expected the network {kind} once, found it again")]
    NetworkTwice {
        /// The network.
        kind: ModelKind,
    },
    /// A frame could not be cropped.
    #[error("tracker: the frame: {0}")]
    Frame(#[from] FrameError),
    /// A network could not be run.
    #[error("tracker: the network: {0}")]
    Infer(#[from] InferError),
    /// The [`Lens`](crate::Lens) makes no camera, or none of a frame of this size.
    #[error("tracker: the lens: {0}")]
    Lens(#[source] moretta_geometry::Error),
    /// There is no memory for faces.
    #[error("tracker: face memory: {0}")]
    Memory(#[from] VeilError),
}
