//! From landmarks in the frame to a pose and landmarks in millimetres.

use glam::{Quat, Vec3};
use moretta_space::{FramePx, Rigid, Size};

use crate::canonical::{self, VERTICES};
use crate::landmarks::{FrameLandmarks, LANDMARKS};
use crate::procrustes::{self, Pair, Similarity, Wide, fault};
use crate::{Camera, Error, FacePose};

/// Finds where a face is, and writes its landmarks in [`CameraMm`](moretta_space::CameraMm) to `metric`.
///
/// Right wherever in the frame the face is. What the network says of depth is relative, and it says so of a crop
/// with the face in its middle: depth is along the line of sight to the face, not along the camera's axis. So:
///
/// 1. Turn the camera to the face: the rays of all landmarks are brought before a camera whose axis goes through
///    the mean of the mesh's landmarks. The same turn undone is the last step.
/// 2. Bring the depths to the scale of the turned picture. At the angle `a` from its axis a camera shows things
///    `1 / cos² a` times as large along the radius and `1 / cos a` across it as straight ahead; the network counts
///    depth in the unit of both, so the geometric mean undoes it.
/// 3. Estimate the scale of the face against the canonical one by a Procrustes fit of the landmarks as they lie in
///    the plane at distance 1. They must not be moved to their own depths yet, for nobody knows these.
/// 4. Move each landmark along its ray to the depth which that scale gives it, and fit again: the product of both
///    scales is the face's.
/// 5. Move each landmark to the depth by that product: these are the metric landmarks. A third fit is the pose.
///
/// If the depths are what step 2 takes them for and the face has the canonical shape, the result is exact.
///
/// # Errors
/// [`Error::Landmarks`] if the points are closer together than a thousandth of the frame, lie in a line, mirror a
/// face or lie half round the camera; `metric` is then as it was.
///
/// # Source
/// Steps 3 to 5: MediaPipe, `face_geometry/libs/geometry_pipeline.cc`, steps 1 to 5 there. Steps 1 and 2 are ours:
/// `tests/pose_recovery.rs` shows made-up faces to both, in the middle of the frame and in its corner. Of a real face
/// off the axis the network says something else besides, because it is shown it stretched; that stays.
pub fn measure(
    camera: Camera,
    landmarks: FrameLandmarks<'_>,
    metric: &mut [[f32; 3]; LANDMARKS],
) -> Result<FacePose, Error> {
    let sight = Sight::towards(camera, landmarks)?;
    sight.measure(landmarks, metric)
}

/// [`measure`] as the reference does it: vertical field of view 63 degrees, axis through the middle of the frame,
/// depth along that axis. For comparison with the reference; off the middle of the frame the pose is wrong.
///
/// # Errors
/// As [`measure`].
///
/// # Source
/// MediaPipe, `face_geometry/libs/geometry_pipeline.cc`, and for the angle
/// `face_landmarker/face_landmarker_graph.cc`.
pub fn measure_as_reference(
    frame: Size<FramePx>,
    landmarks: FrameLandmarks<'_>,
    metric: &mut [[f32; 3]; LANDMARKS],
) -> Result<FacePose, Error> {
    let camera = Camera::from_fov_y(frame, REFERENCE_FOV_Y_RAD)?;
    Sight::ahead(camera, landmarks)?.measure(landmarks, metric)
}

/// 63 degrees. The reference's near plane, 1 cm, has no say in the result.
const REFERENCE_FOV_Y_RAD: f32 = 63.0 * core::f32::consts::PI / 180.0;

/// A line of sight to a face: how its landmarks lie before a camera that looks along it.
struct Sight {
    focal_px: [f64; 2],
    centre_px: [f64; 2],
    /// The rows of the rotation to the turned camera from the camera.
    turned_from_camera: [Wide; 3],
    /// What a pixel of depth is in the plane at distance 1 before the turned camera.
    depth_unit: f64,
    /// The mean depth of the mesh's landmarks, in that unit.
    depth_middle: f64,
}

impl Sight {
    /// Along the camera's axis.
    fn ahead(camera: Camera, landmarks: FrameLandmarks<'_>) -> Result<Self, Error> {
        check_spread(camera.frame(), landmarks)?;
        let intrinsics = camera.intrinsics();
        let focal_px = [intrinsics.fx_px, intrinsics.fy_px].map(f64::from);
        let depths = (0..VERTICES).map(|it| f64::from(landmarks.depth_px(it)));
        let depth_unit = focal_px[0].recip();
        Ok(Self {
            focal_px,
            centre_px: [intrinsics.cx_px, intrinsics.cy_px].map(f64::from),
            turned_from_camera: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            depth_unit,
            depth_middle: depths.sum::<f64>() / VERTICES as f64 * depth_unit,
        })
    }

    /// To the mean of the mesh's landmarks.
    fn towards(camera: Camera, landmarks: FrameLandmarks<'_>) -> Result<Self, Error> {
        let ahead = Self::ahead(camera, landmarks)?;
        let (mut x, mut y) = (0.0, 0.0);
        for index in 0..VERTICES {
            let ray = ahead.ray(landmarks, index);
            x += ray[0] / VERTICES as f64;
            y += ray[1] / VERTICES as f64;
        }
        // cos a: the ray at the mean is (x, y, -1).
        let cosine = (x * x + y * y + 1.0).sqrt().recip();
        let shrink = cosine.powf(1.5);
        Ok(Self {
            turned_from_camera: turn_ahead([x * cosine, y * cosine, -cosine]),
            depth_unit: ahead.depth_unit * shrink,
            depth_middle: ahead.depth_middle * shrink,
            ..ahead
        })
    }

    fn measure(
        &self,
        landmarks: FrameLandmarks<'_>,
        metric: &mut [[f32; 3]; LANDMARKS],
    ) -> Result<FacePose, Error> {
        let flat = fit_canonical(|index| {
            let [x, y, depth] = self.plane(landmarks, index);
            [x, y, -depth]
        })?;
        let placed = fit_canonical(|index| self.placed(landmarks, index, flat.scale))?;
        let scale = flat.scale * placed.scale;
        let turned_from_face = fit_canonical(|index| self.placed(landmarks, index, scale))?;

        // The transpose of a rotation undoes it.
        let [[a, b, c], [d, e, f], [g, h, i]] = self.turned_from_camera;
        let camera_from_turned = [[a, d, g], [b, e, h], [c, f, i]];
        let at_camera = |place| procrustes::turned(&camera_from_turned, place).map(|it| it as f32);
        let places = |index| at_camera(self.placed(landmarks, index, scale));
        for index in 0..LANDMARKS {
            if !places(index).iter().all(|it| it.is_finite()) {
                return Err(fault("a number out of range"));
            }
            if self.placed(landmarks, index, scale)[2] >= 0.0 {
                return Err(fault("one behind the camera"));
            }
        }
        let rows = camera_from_turned.map(|row| Vec3::from_array(row.map(|it| it as f32)));
        let camera_from_turned =
            Quat::from_mat3(&glam::Mat3::from_cols(rows[0], rows[1], rows[2]).transpose());
        let rotation = Quat::from_array(turned_from_face.rotation.map(|it| it as f32));
        let rigid = Rigid::from_raw(
            camera_from_turned * rotation,
            Vec3::from_array(at_camera(turned_from_face.translation)),
        )?;
        let pose = FacePose::new(rigid, turned_from_face.scale as f32)?;
        for (index, place) in metric.iter_mut().enumerate() {
            *place = places(index);
        }
        Ok(pose)
    }

    /// The ray of a landmark before the camera, to the plane at distance 1.
    fn ray(&self, landmarks: FrameLandmarks<'_>, index: usize) -> Wide {
        let pixel = landmarks.point(index).raw();
        let across = (f64::from(pixel.x) - self.centre_px[0]) / self.focal_px[0];
        let down = (f64::from(pixel.y) - self.centre_px[1]) / self.focal_px[1];
        [across, -down, -1.0]
    }

    /// A landmark in the plane at distance 1 before the turned camera: x, y up, and how much deeper than the
    /// others' middle.
    fn plane(&self, landmarks: FrameLandmarks<'_>, index: usize) -> Wide {
        let ray = procrustes::turned(&self.turned_from_camera, self.ray(landmarks, index));
        // What is beside or behind the turned camera has no image: a NaN, which each fit refuses.
        let ahead = if ray[2] < 0.0 { -ray[2] } else { f64::NAN };
        let depth = f64::from(landmarks.depth_px(index)) * self.depth_unit - self.depth_middle;
        [ray[0] / ahead, ray[1] / ahead, depth]
    }

    /// A landmark before the turned camera, in millimetres, if the face in the plane at distance 1 is `scale`
    /// times the canonical one.
    fn placed(&self, landmarks: FrameLandmarks<'_>, index: usize, scale: f64) -> Wide {
        let [x, y, depth] = self.plane(landmarks, index);
        let distance = (1.0 + depth) / scale;
        [x * distance, y * distance, -distance]
    }
}

/// The similarity that carries the canonical face onto `target`, given by landmark.
fn fit_canonical(target: impl Fn(usize) -> Wide + Copy) -> Result<Similarity, Error> {
    let weights = canonical::pose_weights().iter();
    let fitted = procrustes::fit(weights.map(move |(vertex, weight)| {
        let vertex = usize::from(*vertex);
        Pair {
            weight: f64::from(*weight),
            source: canonical::positions()[vertex].raw().to_array().map(f64::from),
            target: target(vertex),
        }
    }))?;
    if fitted.scale > 0.0 {
        Ok(fitted)
    } else {
        Err(fault("no scale that fits"))
    }
}

/// The rows of the smallest rotation that turns the unit vector `sight`, which has z below 0, to -z.
///
/// # Source
/// T. Möller, J. F. Hughes, "Efficiently building a matrix to rotate one vector to another", 1999,
/// doi:10.1080/10867651.1999.10487509.
fn turn_ahead([x, y, z]: Wide) -> [Wide; 3] {
    // v = sight x (0, 0, -1) = (-y, x, 0), cosine c = -z; R = 1 + [v] + [v]^2 / (1 + c).
    let k = (1.0 - z).recip();
    [
        [1.0 - x * x * k, -x * y * k, x],
        [-x * y * k, 1.0 - y * y * k, y],
        [-x, -y, -z],
    ]
}

/// Refuses landmarks that rounding would decide on.
///
/// # Source
/// MediaPipe, `geometry_pipeline.cc`, `IsScreenLandmarkListTooCompact`: the landmark farthest from the mean is
/// at least 1e-3 of the frame away.
fn check_spread(frame: Size<FramePx>, landmarks: FrameLandmarks<'_>) -> Result<(), Error> {
    const LEAST: f32 = 1e-3;
    let uv_from_frame = frame.uv_from_frame();
    let place = |index| (uv_from_frame * landmarks.point(index)).raw();
    let mean = (0..VERTICES).map(|index| place(index) / VERTICES as f32).sum();
    if (0..VERTICES).any(|index| place(index).distance(mean) > LEAST) {
        Ok(())
    } else {
        Err(fault("all in one place"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_turn_leads_ahead_and_turns_nothing_round(x in -3.0f64..3.0, y in -3.0f64..3.0) {
            let length = (x * x + y * y + 1.0).sqrt();
            let sight = [x / length, y / length, -1.0 / length];
            let rows = turn_ahead(sight);
            let ahead = procrustes::turned(&rows, sight);
            prop_assert!(ahead[0].abs() < 1e-12 && ahead[1].abs() < 1e-12 && (ahead[2] + 1.0).abs() < 1e-12);
            for (row, other) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)] {
                let expected = if row == other { 1.0 } else { 0.0 };
                prop_assert!((procrustes::dot(rows[row], rows[other]) - expected).abs() < 1e-12);
            }
            // The axis of the turn, across the sight, stays.
            let axis = procrustes::turned(&rows, [-y, x, 0.0]);
            prop_assert!((axis[0] + y).abs() < 1e-12 && (axis[1] - x).abs() < 1e-12);
        }
    }
}
