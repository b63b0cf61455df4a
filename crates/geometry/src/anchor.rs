//! The named places of effects, as weighted means of landmarks.

use moretta_lang::Anchor;
use moretta_space::{CameraMm, Point3, Vector3};

use crate::landmarks::MetricLandmarks;
use crate::{Camera, Error};

/// How many anchors there are.
pub const ANCHORS: usize = Anchor::ALL.len();

/// The landmarks that `anchor` is made of, each with its weight. The weights add up to 1.
///
/// Places on the face have weights above 0. The top of the head, where no landmark is, lies outside the points
/// it is made of, so some of its weights are below 0.
pub const fn anchor_weights(anchor: Anchor) -> &'static [(u16, f32)] {
    WEIGHTS[anchor.index() as usize].1
}

/// Writes each anchor to `millimetres`, in [`CameraMm`], and to `pixels`, in
/// [`FramePx`](moretta_space::FramePx), both in the order of [`Anchor::ALL`].
///
/// The place in the frame is the image of the one before the camera: what is drawn flat and what is drawn in
/// space then agree, at the top of the head as well, where a mean of pixels would miss the perspective.
///
/// # Errors
/// [`Error::Landmarks`] if an anchor is not before the camera; the slices are then filled in part.
pub fn place_anchors(
    camera: Camera,
    landmarks: MetricLandmarks<'_, CameraMm>,
    pixels: &mut [[f32; 2]; ANCHORS],
    millimetres: &mut [[f32; 3]; ANCHORS],
) -> Result<(), Error> {
    for ((anchor, pixel), place) in Anchor::ALL.iter().zip(pixels).zip(millimetres) {
        let mean = weighted(landmarks, anchor_weights(*anchor));
        let image = camera.project(mean).ok_or(Error::Landmarks {
            expected: "anchors before the camera",
            found: "one behind it",
        })?;
        *pixel = image.raw().to_array();
        *place = mean.raw().to_array();
    }
    Ok(())
}

fn weighted(landmarks: MetricLandmarks<'_, CameraMm>, weights: &[(u16, f32)]) -> Point3<CameraMm> {
    let sum = weights.iter().fold(Vector3::ZERO, |sum, (index, weight)| {
        sum + (landmarks.point(usize::from(*index)) - Point3::ORIGIN) * *weight
    });
    Point3::ORIGIN + sum
}

/// In the order of [`Anchor::ALL`]. The ears are the points before the canal (tragion): the canonical face is as
/// wide there, 153 mm, as the measure across the head from tragion to tragion.
const WEIGHTS: [(Anchor, &[(u16, f32)]); ANCHORS] = [
    (Anchor::Forehead, &[(151, 1.0)]),
    (Anchor::BrowLeft, &[(334, 0.5), (282, 0.5)]),
    (Anchor::BrowRight, &[(105, 0.5), (52, 0.5)]),
    (Anchor::BrowCentre, &[(9, 1.0)]),
    (
        Anchor::EyeLeft,
        &[(263, 0.25), (362, 0.25), (386, 0.25), (374, 0.25)],
    ),
    (
        Anchor::EyeRight,
        &[(33, 0.25), (133, 0.25), (159, 0.25), (145, 0.25)],
    ),
    (
        Anchor::EyesCentre,
        &[
            (263, 0.125),
            (362, 0.125),
            (386, 0.125),
            (374, 0.125),
            (33, 0.125),
            (133, 0.125),
            (159, 0.125),
            (145, 0.125),
        ],
    ),
    (Anchor::EyeLeftInner, &[(362, 1.0)]),
    (Anchor::EyeLeftOuter, &[(263, 1.0)]),
    (Anchor::EyeRightInner, &[(133, 1.0)]),
    (Anchor::EyeRightOuter, &[(33, 1.0)]),
    (Anchor::PupilLeft, &[(473, 1.0)]),
    (Anchor::PupilRight, &[(468, 1.0)]),
    (Anchor::NoseBridge, &[(6, 1.0)]),
    (Anchor::NoseTip, &[(4, 1.0)]),
    (Anchor::NoseBase, &[(2, 1.0)]),
    (Anchor::CheekLeft, &[(280, 0.5), (425, 0.5)]),
    (Anchor::CheekRight, &[(50, 0.5), (205, 0.5)]),
    (Anchor::Mouth, &[(13, 0.5), (14, 0.5)]),
    (Anchor::MouthLeft, &[(291, 1.0)]),
    (Anchor::MouthRight, &[(61, 1.0)]),
    (Anchor::LipUpper, &[(0, 0.5), (13, 0.5)]),
    (Anchor::LipLower, &[(14, 0.5), (17, 0.5)]),
    (Anchor::Chin, &[(152, 1.0)]),
    (Anchor::JawLeft, &[(288, 1.0)]),
    (Anchor::JawRight, &[(58, 1.0)]),
    (Anchor::EarLeft, &[(454, 1.0)]),
    (Anchor::EarRight, &[(234, 1.0)]),
    (Anchor::TempleLeft, &[(368, 1.0)]),
    (Anchor::TempleRight, &[(139, 1.0)]),
    (Anchor::HeadTop, &HEAD_TOP),
    (Anchor::HeadCentre, &[(454, 0.5), (234, 0.5)]),
];

/// The top of the [head shell](crate::occluder), out of three groups that expressions move little: 2.50 times the
/// mean of the hairline, -2.73 times that of the nose's bridge and the corners of the eyes, 1.23 times that of
/// the sides before the ears. Many points in each group, because the weights multiply their jitter.
const HEAD_TOP: [(u16, f32); 19] = [
    (10, 0.5),
    (109, 0.5),
    (338, 0.5),
    (67, 0.5),
    (297, 0.5),
    (6, -0.34125),
    (168, -0.34125),
    (197, -0.34125),
    (195, -0.34125),
    (33, -0.34125),
    (133, -0.34125),
    (362, -0.34125),
    (263, -0.34125),
    (234, 0.205),
    (454, 0.205),
    (127, 0.205),
    (356, 0.205),
    (93, 0.205),
    (323, 0.205),
];

// The table is read by index: each row must stand where the language has its anchor.
const _: () = {
    let mut row = 0;
    while row < ANCHORS {
        assert!(WEIGHTS[row].0.index() as usize == row);
        row += 1;
    }
};

#[cfg(test)]
mod tests {
    use glam::{Vec2, Vec3};
    use moretta_space::{FaceMm, Point2, Size};

    use super::*;
    use crate::LANDMARKS;
    use crate::canonical::positions;
    use crate::occluder;

    /// The canonical face, 500 mm before the camera; the irises at the middles of the eyes.
    fn face() -> [[f32; 3]; LANDMARKS] {
        let mut points = [[0.0; 3]; LANDMARKS];
        for (point, position) in points.iter_mut().zip(positions()) {
            *point = (position.raw() - Vec3::Z * 500.0).to_array();
        }
        for index in 468..LANDMARKS {
            let (inner, outer) = if index < 473 { (133, 33) } else { (362, 263) };
            points[index] = [0, 1, 2].map(|axis| f32::midpoint(points[inner][axis], points[outer][axis]));
        }
        points
    }

    fn place(anchor: Anchor) -> Point3<FaceMm> {
        let points = face();
        let place = weighted(MetricLandmarks::known(&points), anchor_weights(anchor));
        Point3::from_raw(place.raw() + Vec3::Z * 500.0)
    }

    #[test]
    fn weights_add_up_to_one() {
        for anchor in Anchor::ALL {
            let sum: f32 = anchor_weights(*anchor).iter().map(|(_, weight)| weight).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{}", anchor.name());
            let inside = anchor_weights(*anchor).iter().all(|(_, weight)| *weight > 0.0);
            assert_eq!(inside, *anchor != Anchor::HeadTop, "{}", anchor.name());
        }
    }

    #[test]
    fn left_and_right_mirror_each_other_and_left_is_at_positive_x() {
        let mut pairs = 0;
        for left in Anchor::ALL {
            let mirrored = left.name().replace("left", "right");
            if mirrored == left.name() {
                continue;
            }
            let right = place(Anchor::from_name(&mirrored).unwrap()).raw();
            let left = place(*left).raw();
            assert!(left.x > 10.0, "{mirrored}");
            assert!(
                left.distance(right * Vec3::new(-1.0, 1.0, 1.0)) < 0.01,
                "{mirrored}"
            );
            pairs += 1;
        }
        assert_eq!(pairs, 10);
    }

    #[test]
    fn anchors_lie_where_their_names_say() {
        let y = |anchor| place(anchor).raw().y;
        let down = [
            Anchor::HeadTop,
            Anchor::Forehead,
            Anchor::BrowCentre,
            Anchor::EyesCentre,
            Anchor::NoseTip,
            Anchor::NoseBase,
            Anchor::LipUpper,
            Anchor::Mouth,
            Anchor::LipLower,
            Anchor::Chin,
        ];
        for pair in down.windows(2) {
            assert!(
                y(pair[0]) > y(pair[1]),
                "{} above {}",
                pair[0].name(),
                pair[1].name()
            );
        }
        for anchor in Anchor::ALL {
            assert!(
                place(*anchor).raw().z <= place(Anchor::NoseTip).raw().z,
                "{}",
                anchor.name()
            );
            let middle = !anchor.name().contains("left") && !anchor.name().contains("right");
            assert_eq!(place(*anchor).raw().x.abs() < 0.1, middle, "{}", anchor.name());
        }
        let centre = place(Anchor::HeadCentre).raw();
        assert!(centre.z < -20.0, "the centre of the head is behind the face");
    }

    #[test]
    fn the_top_of_the_head_is_the_top_of_the_shell() {
        let shell = occluder::head_positions();
        let top = shell
            .iter()
            .max_by(|a, b| a.raw().y.total_cmp(&b.raw().y))
            .unwrap();
        assert!(place(Anchor::HeadTop).distance(*top) < 3.0);
    }

    #[test]
    fn anchors_on_one_landmark_are_seen_where_it_is() {
        let camera = Camera::from_fov_y(Size::new(640, 480).unwrap(), 1.1).unwrap();
        let points = face();
        let (mut pixels, mut millimetres) = ([[0.0; 2]; ANCHORS], [[0.0; 3]; ANCHORS]);
        let landmarks = MetricLandmarks::known(&points);
        place_anchors(camera, landmarks, &mut pixels, &mut millimetres).unwrap();
        let mut checked = 0;
        for ((anchor, pixel), place) in Anchor::ALL.iter().zip(pixels).zip(millimetres) {
            if let [(landmark, _)] = anchor_weights(*anchor) {
                let landmark = usize::from(*landmark);
                assert_eq!(place, points[landmark], "{}", anchor.name());
                let seen = camera.project(landmarks.point(landmark)).unwrap();
                assert!(seen.distance(Point2::from_raw(Vec2::from_array(pixel))) < 1e-3);
                checked += 1;
            }
        }
        assert_eq!(checked, 20);

        let behind = points.map(|[x, y, z]| [x, y, z + 600.0]);
        let landmarks = MetricLandmarks::known(&behind);
        assert!(place_anchors(camera, landmarks, &mut pixels, &mut millimetres).is_err());
    }
}
