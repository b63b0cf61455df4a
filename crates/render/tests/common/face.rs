//! Made-up faces: the canonical one, wherever it is wanted.

use glam::{Quat, Vec3};
use moretta_geometry::estimate_visibility;
use moretta_geometry::{Camera, FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks, canonical};
use moretta_render::{BLENDSHAPES, FaceInput};
use moretta_space::{CameraMm, FramePx, Point3, Rigid, Size};

/// The camera of all tests.
pub const FOV_Y_RAD: f32 = 0.9;

/// A face before the camera.
#[derive(Clone)]
pub struct Head {
    pub slot: usize,
    pub id: u64,
    pub pose: FacePose,
    pub px: Box<[[f32; 3]; LANDMARKS]>,
    pub mm: Box<[[f32; 3]; LANDMARKS]>,
    pub visibility: Box<[f32; LANDMARKS]>,
    pub blendshapes: Option<Box<[f32; BLENDSHAPES]>>,
}

/// How a head is held, in degrees: to the picture's right, down, and counterclockwise.
#[derive(Clone, Copy, Default)]
pub struct Turn {
    pub yaw: f32,
    pub pitch: f32,
    pub roll: f32,
}

impl Turn {
    fn rotation(self) -> Quat {
        let [yaw, pitch, roll] = [self.yaw, self.pitch, self.roll].map(f32::to_radians);
        Quat::from_euler(glam::EulerRot::YXZ, yaw, pitch, roll)
    }
}

impl Head {
    /// The canonical face, seen by a camera that fills `frame`, with its origin at `place` in millimetres before it.
    pub fn new(frame: (u32, u32), turn: Turn, place: [f32; 3]) -> Self {
        let size = Size::<FramePx>::new(frame.0, frame.1).unwrap();
        let camera = Camera::from_fov_y(size, FOV_Y_RAD).unwrap();
        let rigid = Rigid::from_raw(turn.rotation(), Vec3::from(place)).unwrap();
        let pose = FacePose::new(rigid, 1.0).unwrap();
        let camera_from_face = pose.camera_from_face();
        let mut mm = Box::new([[0.0; 3]; LANDMARKS]);
        let mut px = Box::new([[0.0; 3]; LANDMARKS]);
        for index in 0..LANDMARKS {
            // The irises have no vertices: the middles of the eyes.
            let vertex = |index: usize| canonical::positions()[index].raw();
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
    pub fn in_slot(self, slot: usize, id: u64) -> Self {
        Self { slot, id, ..self }
    }

    pub fn input(&self) -> FaceInput<'_> {
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
    pub fn px(&self, landmark: usize) -> [f32; 2] {
        let [x, y, _] = self.px[landmark];
        [x, y]
    }
}
