use core::fmt;

use bytemuck::{Pod, Zeroable};
use glam::{Quat, Vec3};
use moretta_geometry::{FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks};
use moretta_space::{CameraMm, FramePx, Point2, Rigid};

use crate::roi;

/// Coefficients of the blendshape network.
pub const BLENDSHAPES: usize = 52;

/// A face in the frame that was tracked last.
///
/// It borrows face memory: it can be read within the call that lent the access, and not kept.
///
/// ```
/// use moretta_track::{Face, Tracker};
/// use moretta_veil::Access;
///
/// fn look<'a>(tracker: &'a Tracker, access: &'a Access<'_>) -> Option<Face<'a>> {
///     tracker.faces(access).next()
/// }
/// ```
/// ```compile_fail
/// use moretta_track::{Face, Tracker};
/// use moretta_veil::Access;
///
/// fn keep(tracker: &Tracker, access: &Access<'_>) -> Option<Face<'static>> {
///     tracker.faces(access).next()
/// }
/// ```
///
/// The numbers that it gives are another matter: a pose, a point, an array behind a reference can be copied, and then are
/// face data wherever they lie. Only code that a pipeline vows for gets as far ([`Pipeline`](moretta_veil::Pipeline)).
#[derive(Clone, Copy)]
pub struct Face<'a> {
    slot: usize,
    measured: &'a Measured,
}

impl<'a> Face<'a> {
    pub(crate) fn new(slot: usize, measured: &'a Measured) -> Self {
        Self { slot, measured }
    }

    /// Which of the tracker's places it has, below [`max_faces`](crate::TrackerOptions::max_faces): the same in each
    /// frame, for what else is kept per face. Once the track has ended, another face may get it.
    pub fn slot(self) -> usize {
        self.slot
    }

    /// The name of its track, random but for the seed, which ends with the track. Who comes back later gets another.
    pub fn id(self) -> u64 {
        self.measured.id
    }

    /// How sure the detector was when it found the face, 0 to 1.
    pub fn score(self) -> f32 {
        self.measured.score
    }

    /// How sure the landmark network is, in this frame, that it sees a face, 0 to 1.
    pub fn presence(self) -> f32 {
        self.measured.presence
    }

    /// The corners of the smallest upright rectangle that holds all landmarks, as seen: the upper left and the lower
    /// right one. They may lie outside the frame.
    pub fn bounds(self) -> (Point2<FramePx>, Point2<FramePx>) {
        roi::bounds(self.landmarks_seen())
    }

    /// The landmarks, smoothed.
    pub fn landmarks(self) -> FrameLandmarks<'a> {
        checked(FrameLandmarks::from_raw(&self.measured.smooth))
    }

    /// The landmarks as the network saw them in this frame alone.
    pub fn landmarks_seen(self) -> FrameLandmarks<'a> {
        checked(FrameLandmarks::from_raw(&self.measured.seen))
    }

    /// The numbers of [`landmarks`](Self::landmarks): x, y in [`FramePx`], and depth growing away from the camera in the
    /// unit of x.
    pub fn landmarks_raw(self) -> &'a [[f32; 3]; LANDMARKS] {
        &self.measured.smooth
    }

    /// The smoothed landmarks before the camera.
    pub fn metric(self) -> MetricLandmarks<'a, CameraMm> {
        checked(MetricLandmarks::from_raw(&self.measured.metric))
    }

    /// Where the head is before the camera, from the smoothed landmarks: a copy, and no borrow.
    pub fn pose(self) -> FacePose {
        self.measured.pose.read()
    }

    /// How well each landmark is seen, 0 to 1: not hidden by the face itself, and not beyond the border of the frame.
    pub fn visibility(self) -> &'a [f32; LANDMARKS] {
        &self.measured.visibility
    }

    /// The blendshape coefficients, 0 to 1, in the order of `moretta_lang::Blendshape::ALL`; `None` unless
    /// [`blendshapes`](crate::TrackerOptions::blendshapes) is set.
    pub fn blendshapes(self) -> Option<&'a [f32; BLENDSHAPES]> {
        (self.measured.has_blendshapes != 0).then_some(&self.measured.blendshapes)
    }
}

/// The name, never the numbers.
impl fmt::Debug for Face<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Face(..)")
    }
}

/// What was found to be good before it was kept.
fn checked<T, E: fmt::Debug>(read_back: Result<T, E>) -> T {
    read_back.expect("a face has finite landmarks and a pose, or it is none")
}

/// What one frame tells of a face. All zero is no face.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Measured {
    pub(crate) id: u64,
    /// 1 if there is a face, else 0.
    pub(crate) present: u32,
    pub(crate) has_blendshapes: u32,
    pub(crate) score: f32,
    pub(crate) presence: f32,
    pub(crate) pose: PoseNumbers,
    pub(crate) seen: [[f32; 3]; LANDMARKS],
    pub(crate) smooth: [[f32; 3]; LANDMARKS],
    pub(crate) metric: [[f32; 3]; LANDMARKS],
    pub(crate) visibility: [f32; LANDMARKS],
    pub(crate) blendshapes: [f32; BLENDSHAPES],
}

/// A [`FacePose`], as numbers.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct PoseNumbers {
    rotation: [f32; 4],
    translation: [f32; 3],
    scale: f32,
}

impl PoseNumbers {
    pub(crate) fn of(pose: FacePose) -> Self {
        let (rotation, translation) = pose.rigid().raw();
        Self {
            rotation: rotation.to_array(),
            translation: translation.to_array(),
            scale: pose.scale(),
        }
    }

    fn read(self) -> FacePose {
        let rotation = Quat::from_array(self.rotation);
        let rigid = checked(Rigid::from_raw(rotation, Vec3::from_array(self.translation)));
        checked(FacePose::new(rigid, self.scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrackerOptions;

    #[test]
    fn a_pose_comes_back_as_it_was() {
        let rotation = Quat::from_rotation_y(0.3) * Quat::from_rotation_x(-0.2);
        let rigid = Rigid::from_raw(rotation, Vec3::new(1.0, 2.0, -300.0)).unwrap();
        let pose = FacePose::new(rigid, 1.25).unwrap();
        let back = PoseNumbers::of(pose).read();
        let (found, place) = back.rigid().raw();
        assert!(found.abs_diff_eq(rotation, 1e-6) && back.scale() == 1.25);
        assert_eq!(place, Vec3::new(1.0, 2.0, -300.0));
    }

    #[test]
    fn coefficients_are_those_of_the_language() {
        assert_eq!(BLENDSHAPES, moretta_lang::Blendshape::ALL.len());
        assert_eq!(
            BLENDSHAPES,
            moretta_infer::ModelKind::Blendshapes.outputs()[0].values()
        );
    }

    #[test]
    fn faces_and_detections_cannot_be_compared_or_shown() {
        use core::hash::Hash;
        use static_assertions::{assert_impl_all, assert_not_impl_any};
        assert_not_impl_any!(Face<'static>: PartialEq, PartialOrd, Hash, fmt::Display, fmt::LowerHex);
        assert_not_impl_any!(crate::Detection: PartialEq, PartialOrd, Hash, fmt::Display, fmt::LowerHex);
        assert_not_impl_any!(FacePose: PartialEq, PartialOrd, Hash, fmt::Display, fmt::LowerHex);
        assert_not_impl_any!(moretta_geometry::HeadAngles: PartialEq, PartialOrd, Hash, fmt::Display);
        assert_not_impl_any!(moretta_frame::Region: PartialEq, PartialOrd, Hash, fmt::Display);
        assert_impl_all!(TrackerOptions: PartialEq); // the control
    }

    #[test]
    fn detections_and_trackers_cannot_be_copied_made_or_moved_to_a_thread() {
        use static_assertions::{assert_impl_all, assert_not_impl_any};
        assert_not_impl_any!(crate::Detection: Clone, Copy, Default, Pod, Zeroable);
        assert_not_impl_any!(Face<'static>: Default, Pod, Zeroable);
        assert_not_impl_any!(Measured: Default);
        assert_not_impl_any!(crate::Tracker: Send, Sync, Clone, fmt::Debug);
        assert_impl_all!(Measured: Copy, Pod); // the control: it is the crate's own
        assert_impl_all!(TrackerOptions: Clone, Copy, Send); // the control
    }

    #[test]
    fn debug_names_no_number() {
        let measured: Box<Measured> = Box::new(Zeroable::zeroed());
        assert_eq!(format!("{:?}", Face::new(3, &measured)), "Face(..)");
    }
}
