use moretta_frame::FrameView;
use moretta_geometry::{Camera, FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks};
use moretta_space::CameraMm;

/// How many faces a frame may have.
pub const MAX_FACES: usize = 16;

/// How many coefficients the blendshape network has.
pub const BLENDSHAPES: usize = 52;

/// A frame, as it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Shot<'a> {
    /// The camera's picture.
    pub frame: &'a FrameView<'a>,
    /// The camera that the faces were measured with, which fills the upright frame.
    pub camera: Camera,
    /// Seconds since the session began; starts over at 0 before 1e4 s.
    pub time_s: f32,
    /// Seconds since the frame before; 0 in the first.
    pub dt_s: f32,
}

/// A face, as the tracker found it. It borrows face memory; it is lent once, and can be neither copied nor printed.
pub struct FaceInput<'a> {
    /// Its place, below [`MAX_FACES`]: the same in each frame.
    pub slot: usize,
    /// The name of its track. Another one in the same slot is another face, which begins without a past.
    pub id: u64,
    /// How sure the tracker is that this is a face, 0 to 1.
    pub presence: f32,
    /// Where it is in the frame.
    pub landmarks: FrameLandmarks<'a>,
    /// Where it is before the camera.
    pub metric: MetricLandmarks<'a, CameraMm>,
    /// Where its head is and which way it looks.
    pub pose: FacePose,
    /// How well each landmark is seen, 0 to 1.
    pub visibility: &'a [f32; LANDMARKS],
    /// The blendshape coefficients, if their network ran; else a program reads zeros.
    pub blendshapes: Option<&'a [f32; BLENDSHAPES]>,
}
