//! Faces as a detector finds them, in the frame.

use core::fmt;

use bytemuck::{Pod, TransparentWrapper, Zeroable};
use moretta_frame::{Border, ChannelOrder, CropSpec, FrameView, Region, ValueRange, point_from_network};
use moretta_infer::Network;
use moretta_space::{CropPx, FramePx, Point2, Size, Transform2};

use crate::TrackError;
use crate::decode::{Anchors, Found, KEYPOINTS, decode};

/// The most faces that a detector tells of in one frame: the surest.
pub(crate) const MAX_DETECTIONS: usize = 32;

/// A face as a detector finds it: a box from the brows to the chin, and six points.
///
/// It is lent, and lies in face memory: it can be read within the call that lent the access, and not copied, moved out or
/// compared. The numbers that its methods give are copies, for code that sees faces in the open.
#[derive(TransparentWrapper)]
#[repr(transparent)]
pub struct Detection(RawDetection);

/// The same as numbers, for buffers. All zero is no detection.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct RawDetection {
    min: [f32; 2],
    max: [f32; 2],
    keypoints: [[f32; 2]; KEYPOINTS],
    score: f32,
}

impl RawDetection {
    #[cfg(test)]
    pub(crate) fn from_raw(
        min: [f32; 2],
        max: [f32; 2],
        keypoints: [[f32; 2]; KEYPOINTS],
        score: f32,
    ) -> Self {
        Self {
            min,
            max,
            keypoints,
            score,
        }
    }

    pub(crate) fn lend(&self) -> &Detection {
        Detection::wrap_ref(self)
    }

    fn new(found: &Found, frame_from_crop: Transform2<FramePx, CropPx>) -> Self {
        let place = |[x, y]: [f32; 2]| (frame_from_crop * point_from_network(x, y)).raw().to_array();
        Self {
            min: place(found.min),
            max: place(found.max),
            keypoints: found.keypoints.map(place),
            score: found.score,
        }
    }
}

impl Detection {
    /// The upper left corner of the box. It may lie outside the frame.
    pub fn min(&self) -> Point2<FramePx> {
        Point2::from_raw(self.0.min.into())
    }

    /// The lower right corner of the box. It may lie outside the frame.
    pub fn max(&self) -> Point2<FramePx> {
        Point2::from_raw(self.0.max.into())
    }

    /// The right eye, the left eye, the nose's tip, the mouth, the right and the left ear. Sides are the subject's own.
    pub fn keypoints(&self) -> [Point2<FramePx>; KEYPOINTS] {
        self.0.keypoints.map(|point| Point2::from_raw(point.into()))
    }

    /// How sure the detector is, 0 to 1.
    pub fn score(&self) -> f32 {
        self.0.score
    }
}

/// The name, never the numbers.
impl fmt::Debug for Detection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detection(..)")
    }
}

/// Lets the detector `network` look at the whole of `frame`, and writes what it finds to `detections`, the surest
/// first; what lies behind is zero. Returns how many.
///
/// `input`, `regressors`, `scores` and `scratch` are memory to work in, at least as long as the network's tensors and its
/// scratch.
pub(crate) fn detect(
    network: &mut dyn Network,
    anchors: Anchors,
    frame: &FrameView<'_>,
    min_score: f32,
    [input, regressors, scores, scratch]: [&mut [f32]; 4],
    detections: &mut [RawDetection; MAX_DETECTIONS],
) -> Result<usize, TrackError> {
    let kind = network.kind();
    let size = Size::<CropPx>::new(anchors.input_px, anchors.input_px).expect("detectors' inputs are small");
    let spec = CropSpec {
        size,
        border: Border::Zero,
        range: ValueRange::Signed,
        order: ChannelOrder::Nchw,
    };
    let region = Region::whole(frame.size()).with_aspect_of(size);
    let input = &mut input[..kind.input_len()];
    let regressors = &mut regressors[..kind.outputs()[0].values()];
    let scores = &mut scores[..kind.outputs()[1].values()];
    frame.crop(region, &spec, input)?;
    network.run(scratch, input, &mut [&mut *regressors, &mut *scores])?;

    let mut found = [Found::zeroed(); MAX_DETECTIONS];
    let count = decode(anchors, regressors, scores, min_score, &mut found);
    let frame_from_crop = region.frame_from_crop(size);
    *detections = [RawDetection::zeroed(); MAX_DETECTIONS];
    for (detection, found) in detections.iter_mut().zip(&found[..count]) {
        *detection = RawDetection::new(found, frame_from_crop);
    }
    Ok(count)
}
