//! Made-up faces: the canonical one, wherever it is wanted.

use glam::{Quat, Vec3};
use moretta_geometry::estimate_visibility;
use moretta_geometry::{Camera, FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks, canonical};
use moretta_render::{BLENDSHAPES, FaceInput};
use moretta_space::{CameraMm, FramePx, Point3, Rigid, Size};

/// The camera of all tests.
pub(crate) const FOV_Y_RAD: f32 = 0.9;

/// A face before the camera.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) slot: usize,
    pub(crate) id: u64,
    pub(crate) pose: FacePose,
    pub(crate) px: Box<[[f32; 3]; LANDMARKS]>,
    pub(crate) mm: Box<[[f32; 3]; LANDMARKS]>,
    pub(crate) visibility: Box<[f32; LANDMARKS]>,
    pub(crate) blendshapes: Option<Box<[f32; BLENDSHAPES]>>,
}

/// How a head is held, in degrees: to the picture's right, down, and counterclockwise.
#[derive(Clone, Copy, Default)]
pub(crate) struct Turn {
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
    pub(crate) roll: f32,
}

impl Turn {
    fn rotation(self) -> Quat {
        let [yaw, pitch, roll] = [self.yaw, self.pitch, self.roll].map(f32::to_radians);
        Quat::from_euler(glam::EulerRot::YXZ, yaw, pitch, roll)
    }
}

impl Head {
    /// The canonical face, seen by a camera that fills `frame`, with its origin at `place` in millimetres before it.
    pub(crate) fn new(frame: (u32, u32), turn: Turn, place: [f32; 3]) -> Self {
        Self::shaped(frame, turn, place, |_, vertex| vertex)
    }

    /// The same of a face whose vertices are where `shape` has them, by number and place in the canonical face.
    pub(crate) fn shaped(
        frame: (u32, u32),
        turn: Turn,
        place: [f32; 3],
        shape: impl Fn(usize, Vec3) -> Vec3,
    ) -> Self {
        let size = Size::<FramePx>::new(frame.0, frame.1).unwrap();
        let camera = Camera::from_fov_y(size, FOV_Y_RAD).unwrap();
        let rigid = Rigid::from_raw(turn.rotation(), Vec3::from(place)).unwrap();
        let pose = FacePose::new(rigid, 1.0).unwrap();
        let camera_from_face = pose.camera_from_face();
        let mut mm = Box::new([[0.0; 3]; LANDMARKS]);
        let mut px = Box::new([[0.0; 3]; LANDMARKS]);
        for index in 0..LANDMARKS {
            // The irises have no vertices: the middles of the eyes.
            let vertex = |index: usize| shape(index, canonical::positions()[index].raw());
            let at = match index {
                468..473 => (vertex(33) + vertex(133)) * 0.5,
                473.. => (vertex(263) + vertex(362)) * 0.5,
                _ => vertex(index),
            };
            let at = camera_from_face * Point3::from_raw(at);
            let seen = camera.project(at).unwrap().raw();
            mm[index] = at.raw().to_array();
            px[index] = [seen.x, seen.y, -at.raw().z];
        }
        let mut visibility = Box::new([0.0; LANDMARKS]);
        let metric = MetricLandmarks::<CameraMm>::from_raw(&mm[..]).unwrap();
        estimate_visibility(metric, &mut visibility);
        Self {
            slot: 0,
            id: 1,
            pose,
            px,
            mm,
            visibility,
            blendshapes: None,
        }
    }

    /// The same in another slot, under another name.
    pub(crate) fn in_slot(self, slot: usize, id: u64) -> Self {
        Self { slot, id, ..self }
    }

    pub(crate) fn input(&self) -> FaceInput<'_> {
        FaceInput {
            slot: self.slot,
            id: self.id,
            presence: 1.0,
            landmarks: FrameLandmarks::from_raw(&self.px[..]).unwrap(),
            metric: MetricLandmarks::from_raw(&self.mm[..]).unwrap(),
            pose: self.pose,
            visibility: &self.visibility,
            blendshapes: self.blendshapes.as_deref(),
        }
    }

    /// Where a landmark is in the frame.
    pub(crate) fn px(&self, landmark: usize) -> [f32; 2] {
        let [x, y, _] = self.px[landmark];
        [x, y]
    }
}
