//! Which part of the frame the landmark network is shown.

use bytemuck::{Pod, Zeroable};
use glam::Vec2;
use moretta_frame::Region;
use moretta_geometry::{FrameLandmarks, LANDMARKS};
use moretta_space::{FramePx, Point2, Size, Vector2};

use crate::Detection;

/// How much larger than the face the part is that the network is shown.
///
/// # Source
/// MediaPipe, `face_detector_graph.cc` and `face_landmarks_detector_graph.cc`, `RectTransformationCalculator`.
const MARGIN: f32 = 1.5;

/// The outer corners of the right and of the left eye.
const EYE_CORNERS: [usize; 2] = [33, 263];

/// A square round a face, turned as the face is: a region of interest, in [`FramePx`].
///
/// Plain numbers, so that it may lie in face memory. All zero is no region, and its [`region`](Self::region) is `None`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Roi {
    centre: [f32; 2],
    side: f32,
    angle_rad: f32,
}

impl Roi {
    /// Round what a detector found: as long as its box's longer side, turned by its eyes.
    pub(crate) fn of_detection(detection: &Detection) -> Self {
        let [right_eye, left_eye, ..] = detection.keypoints();
        Self::round(
            detection.min().raw(),
            detection.max().raw(),
            left_eye.raw() - right_eye.raw(),
        )
    }

    /// Round landmarks: as long as the longer side of the upright rectangle that they fill, turned by the corners of
    /// the eyes.
    pub(crate) fn of_landmarks(landmarks: FrameLandmarks<'_>) -> Self {
        let (min, max) = bounds(landmarks);
        let [right, left] = EYE_CORNERS.map(|corner| landmarks.point(corner));
        Self::round(min.raw(), max.raw(), (left - right).raw())
    }

    fn round(min: Vec2, max: Vec2, eyes: Vec2) -> Self {
        Self {
            centre: min.midpoint(max).to_array(),
            side: (max - min).max_element() * MARGIN,
            angle_rad: eyes.y.atan2(eyes.x),
        }
    }

    /// The same for the crop, or `None` if the numbers make none: then there is no face.
    pub(crate) fn region(self) -> Option<Region> {
        let centre = Point2::from_raw(self.centre.into());
        Region::new(centre, Vector2::from_raw(Vec2::splat(self.side)), self.angle_rad).ok()
    }

    /// Intersection over union of the two squares, as if none were turned.
    pub(crate) fn overlap(self, other: Self) -> f32 {
        let (low, high) = self.sides();
        let (other_low, other_high) = other.sides();
        let shared = (high.min(other_high) - low.max(other_low)).max(Vec2::ZERO);
        let shared = shared.x * shared.y;
        shared / (self.side * self.side + other.side * other.side - shared)
    }

    /// How large the square is, in longer sides of a frame of size `frame`.
    pub(crate) fn share_of(self, frame: Size<FramePx>) -> f32 {
        self.side / frame.width().max(frame.height()) as f32
    }

    /// How much `other` could be the same face some frames later: its overlap, and how near it is in sizes of the
    /// squares. 2 if nothing changed; none if their sizes differ by more than a factor of two, or they are apart.
    pub(crate) fn affinity(self, other: Self) -> Option<f32> {
        let ratio = self.side / other.side;
        let mean = f32::midpoint(self.side, other.side);
        let apart = Vec2::from(self.centre).distance(other.centre.into()) / mean;
        let affinity = self.overlap(other) + 1.0 - apart;
        ((0.5..=2.0).contains(&ratio) && affinity > LEAST_AFFINITY).then_some(affinity)
    }

    fn sides(self) -> (Vec2, Vec2) {
        let centre = Vec2::from(self.centre);
        (centre - 0.5 * self.side, centre + 0.5 * self.side)
    }
}

/// That of two equal squares, two thirds of their side apart: a face moved by its own width.
const LEAST_AFFINITY: f32 = 0.5;

/// The smallest upright rectangle that holds all landmarks.
pub(crate) fn bounds(landmarks: FrameLandmarks<'_>) -> (Point2<FramePx>, Point2<FramePx>) {
    let points = (0..LANDMARKS).map(|index| landmarks.point(index).raw());
    let (min, max) = points.fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(min, max), point| {
        (min.min(point), max.max(point))
    });
    (Point2::from_raw(min), Point2::from_raw(max))
}

#[cfg(test)]
mod tests {
    use core::f32::consts::FRAC_PI_2;

    use super::*;
    use crate::detection::RawDetection;

    fn roi(x: f32, y: f32, side: f32) -> Roi {
        Roi {
            centre: [x, y],
            side,
            angle_rad: 0.0,
        }
    }

    #[test]
    fn a_detection_is_turned_by_its_eyes() {
        let mut keypoints = [[0.0; 2]; 6];
        keypoints[0] = [30.0, 20.0];
        keypoints[1] = [30.0, 50.0];
        let detection = RawDetection::from_raw([10.0, 20.0], [50.0, 50.0], keypoints, 0.9);
        let region = Roi::of_detection(detection.lend()).region().unwrap();
        assert_eq!(region.centre().raw().to_array(), [30.0, 35.0]);
        assert_eq!(region.extent().raw().to_array(), [60.0, 60.0]);
        assert!(
            (region.angle_rad() - FRAC_PI_2).abs() < 1e-6,
            "the left eye is below"
        );
    }

    #[test]
    fn landmarks_are_enclosed_and_turned_by_the_corners_of_the_eyes() {
        let mut points = [[50.0, 60.0, 0.0]; LANDMARKS];
        points[33] = [60.0, 40.0, 0.0];
        points[263] = [30.0, 40.0, 0.0];
        points[477] = [50.0, 100.0, 0.0];
        let region = Roi::of_landmarks(FrameLandmarks::from_raw(&points).unwrap())
            .region()
            .unwrap();
        assert_eq!(region.centre().raw().to_array(), [45.0, 70.0]);
        assert_eq!(region.extent().raw().to_array(), [90.0, 90.0]);
        assert!(
            (region.angle_rad().abs() - 2.0 * FRAC_PI_2).abs() < 1e-6,
            "upside down"
        );
    }

    #[test]
    fn zero_is_no_region() {
        assert!(Roi::zeroed().region().is_none());
        assert!(roi(f32::NAN, 0.0, 1.0).region().is_none());
        assert!(roi(0.0, 0.0, 1.0).region().is_some(), "the control");
    }

    #[test]
    fn overlap_is_that_of_squares() {
        let a = roi(0.0, 0.0, 2.0);
        assert_eq!(a.overlap(a), 1.0);
        assert_eq!(a.overlap(roi(1.0, 0.0, 2.0)), 1.0 / 3.0);
        assert_eq!(a.overlap(roi(3.0, 3.0, 2.0)), 0.0);
        assert_eq!(a.overlap(roi(0.0, 0.0, 4.0)), 0.25);
    }

    #[test]
    fn a_face_that_moved_less_than_its_width_is_the_same() {
        let before = roi(100.0, 100.0, 60.0);
        assert_eq!(before.affinity(before), Some(2.0));
        assert!(before.affinity(roi(138.0, 100.0, 60.0)).is_some());
        assert!(before.affinity(roi(144.0, 100.0, 60.0)).is_none(), "too far");
        assert!(before.affinity(roi(100.0, 100.0, 115.0)).is_some());
        assert!(before.affinity(roi(100.0, 100.0, 125.0)).is_none(), "too large");
        let nearer = before.affinity(roi(110.0, 100.0, 60.0));
        assert!(nearer > before.affinity(roi(120.0, 100.0, 60.0)));
        assert_eq!(before.affinity(Roi::zeroed()), None);
    }
}
