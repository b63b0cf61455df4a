//! What was seen of a frame, as plain numbers.

use moretta_geometry::LANDMARKS;
use moretta_track::{BLENDSHAPES, MAX_FACES};

/// What a tracker saw in one frame. Places are in `FramePx`: the centre of the first pixel is at 0.5.
pub(crate) struct Sight {
    /// By slot.
    pub(crate) faces: Vec<SeenFace>,
    /// Of the short range, then of the full one; the surest first.
    pub(crate) detections: Vec<SeenDetection>,
}

impl Sight {
    /// Nothing seen yet, with room for all that can be: the face thread allocates nothing for it.
    pub(crate) fn with_room() -> Self {
        Self {
            faces: Vec::with_capacity(MAX_FACES),
            detections: Vec::with_capacity(DETECTIONS),
        }
    }
}

/// More than both detectors can tell of.
const DETECTIONS: usize = 128;

/// A face.
#[derive(Clone, Copy)]
pub(crate) struct SeenFace {
    pub(crate) id: u64,
    /// How sure the detector was that found it.
    pub(crate) score: f32,
    /// How sure the landmark network is.
    pub(crate) presence: f32,
    /// The corners of the smallest upright rectangle round `seen`.
    pub(crate) bounds: [[f32; 2]; 2],
    /// Smoothed.
    pub(crate) points: [[f32; 3]; LANDMARKS],
    /// As the network saw them in this frame.
    pub(crate) seen: [[f32; 3]; LANDMARKS],
    pub(crate) visibility: [f32; LANDMARKS],
    pub(crate) blendshapes: Option<[f32; BLENDSHAPES]>,
    /// To the camera from the canonical face, millimetres, row after row.
    pub(crate) camera_from_face: [[f32; 4]; 4],
}

/// A face as a detector sees it.
#[derive(Clone, Copy)]
pub(crate) struct SeenDetection {
    pub(crate) min: [f32; 2],
    pub(crate) max: [f32; 2],
    pub(crate) keypoints: [[f32; 2]; 6],
    pub(crate) score: f32,
}
