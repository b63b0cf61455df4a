//! How well each landmark is seen: whether the skin there faces the camera, whether other skin is before it, and whether
//! it is in the picture.

use glam::Vec2;
use moretta_space::{CameraMm, FramePx, Point3, Size, Vector3};

use crate::canonical::{VERTICES, triangles};
use crate::landmarks::{FrameLandmarks, LANDMARKS, MetricLandmarks};
use crate::region::{LEFT_EYE, RIGHT_EYE};

/// Writes to `visibility` how likely each landmark is seen and not hidden by the face itself, 0 to 1.
///
/// 1. The normal of each vertex: the sum of its triangles' normals, each as long as its triangle is large. An
///    iris has the mean normal of its eye's lids.
/// 2. How far the skin faces the camera: the cosine between the normal and the line of sight, from 0 at
///    -0.05 to 1 at 0.2. The first is a little below 0 because the mesh is coarse and landmarks are unsure most
///    where the face turns away.
/// 3. A depth map of the mesh, 64 x 64 over the face's image. What lies more than 4 mm behind it begins to be
///    hidden, at 10 mm it is: a nose is some 30 mm high, and what the mesh's own slope does within one
///    cell of the map stays below 4 mm except where step 2 has said so already.
/// 4. The product of both.
///
/// Closed lids do not count, nor hair or hands: only the shape of the face does. Nor does the frame, which
/// [`hide_beyond_border`] adds.
pub fn estimate_visibility(landmarks: MetricLandmarks<'_, CameraMm>, visibility: &mut [f32; LANDMARKS]) {
    let mut normals = [Vector3::<CameraMm>::ZERO; VERTICES];
    for triangle in triangles() {
        let corners = triangle.map(|vertex| landmarks.point(usize::from(vertex)));
        let normal = (corners[1] - corners[0]).cross(corners[2] - corners[0]);
        for vertex in triangle {
            normals[usize::from(*vertex)] = normals[usize::from(*vertex)] + normal;
        }
    }
    let of_lids = |lids: &[u16]| {
        let lids = lids.iter().map(|vertex| normals[usize::from(*vertex)]);
        lids.fold(Vector3::ZERO, |sum, normal| sum + normal)
    };
    let (right_eye, left_eye) = (of_lids(&RIGHT_EYE), of_lids(&LEFT_EYE));
    let map = DepthMap::of(landmarks);
    for (index, visibility) in visibility.iter_mut().enumerate() {
        let normal = match index {
            0..VERTICES => normals[index],
            FIRST_OF_RIGHT_IRIS..FIRST_OF_LEFT_IRIS => right_eye,
            _ => left_eye,
        };
        let place = landmarks.point(index);
        let behind_mm = map.behind_mm(place);
        *visibility = facing(normal, place) * (1.0 - smooth_step(behind_mm, HIDING_MM, HIDDEN_MM));
    }
}

/// Lowers the `visibility` of what lies beyond the border of `frame`, where nobody sees it: the network guesses it from
/// the rest of the face.
///
/// By how far inside the nearest border a landmark lies, in hundredths of the longer side of the upright rectangle
/// that holds all of them, its visibility is multiplied by a factor from 0 at -2 to 1 at 2, which is a half on the
/// border: landmarks are no surer than that.
pub fn hide_beyond_border(
    landmarks: FrameLandmarks<'_>,
    frame: Size<FramePx>,
    visibility: &mut [f32; LANDMARKS],
) {
    let places = || (0..LANDMARKS).map(|index| landmarks.point(index).raw());
    let low = places().fold(Vec2::INFINITY, Vec2::min);
    let high = places().fold(Vec2::NEG_INFINITY, Vec2::max);
    // Within bounds, so that no number on the way is infinite or divided by nothing.
    let soft_px = (SOFT_BORDER * (high - low).max_element()).clamp(f32::MIN_POSITIVE, 1e30);
    let end = Vec2::new(frame.width() as f32, frame.height() as f32);
    for (place, visibility) in places().zip(visibility) {
        let inside_px = place.min(end - place).min_element();
        *visibility *= smooth_step(inside_px, -soft_px, soft_px);
    }
}

const SOFT_BORDER: f32 = 0.02;

const FIRST_OF_RIGHT_IRIS: usize = VERTICES;
const FIRST_OF_LEFT_IRIS: usize = 473;
const AWAY: f32 = -0.05;
const TOWARDS: f32 = 0.2;
const HIDING_MM: f32 = 4.0;
const HIDDEN_MM: f32 = 10.0;

fn facing(normal: Vector3<CameraMm>, place: Point3<CameraMm>) -> f32 {
    let to_camera = (Point3::ORIGIN - place).try_normalize();
    // A vertex without a normal has lost its triangles: nobody sees it.
    match (normal.try_normalize(), to_camera) {
        (Some(normal), Some(to_camera)) => smooth_step(normal.dot(to_camera), AWAY, TOWARDS),
        _ => 0.0,
    }
}

fn smooth_step(value: f32, from: f32, to: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

const CELLS: usize = 64;

/// How far away the nearest skin is in each direction, over the image of the face in the plane at distance 1.
struct DepthMap {
    corner: Vec2,
    cells_per_unit: Vec2,
    /// Row by row; 1 over the distance along the axis in millimetres, 0 where there is no face.
    nearness: [f32; CELLS * CELLS],
}

impl DepthMap {
    fn of(landmarks: MetricLandmarks<'_, CameraMm>) -> Self {
        let images: [_; VERTICES] = core::array::from_fn(|vertex| image(landmarks.point(vertex)));
        let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for (image, _) in images.iter().flatten() {
            low = low.min(*image);
            high = high.max(*image);
        }
        let mut map = Self {
            corner: low,
            cells_per_unit: CELLS as f32 / (high - low).max(Vec2::splat(f32::MIN_POSITIVE)),
            nearness: [0.0; CELLS * CELLS],
        };
        for triangle in triangles() {
            let corners = triangle.map(|vertex| images[usize::from(vertex)]);
            if let [Some(a), Some(b), Some(c)] = corners {
                map.draw([a, b, c]);
            }
        }
        map
    }

    /// Takes the depth of a triangle into each cell whose centre it covers.
    fn draw(&mut self, corners: [(Vec2, f32); 3]) {
        let [a, b, c] = corners.map(|(image, _)| (image - self.corner) * self.cells_per_unit);
        let area = (b - a).perp_dot(c - a);
        if area == 0.0 || !area.is_finite() {
            return;
        }
        // 1 / distance is what is linear over an image.
        let nearness = corners.map(|(_, distance)| distance.recip() / area);
        let sign = area.signum();
        let low = a.min(b).min(c).floor().max(Vec2::ZERO);
        let high = a.max(b).max(c).ceil().min(Vec2::splat(CELLS as f32));
        for row in low.y as usize..high.y as usize {
            for column in low.x as usize..high.x as usize {
                let centre = Vec2::new(column as f32 + 0.5, row as f32 + 0.5);
                let [a, b, c] = [a - centre, b - centre, c - centre];
                let shares = [b.perp_dot(c), c.perp_dot(a), a.perp_dot(b)];
                if shares.iter().all(|share| share * sign >= 0.0) {
                    let near = shares.iter().zip(nearness).map(|(share, near)| share * near);
                    let cell = &mut self.nearness[row * CELLS + column];
                    *cell = cell.max(near.sum());
                }
            }
        }
    }

    /// How far `place` lies behind the nearest skin in its direction; 0 or less if it is the nearest.
    fn behind_mm(&self, place: Point3<CameraMm>) -> f32 {
        let Some((image, distance)) = image(place) else {
            return f32::INFINITY;
        };
        let cell =
            ((image - self.corner) * self.cells_per_unit).clamp(Vec2::ZERO, Vec2::splat(CELLS as f32 - 1.0));
        distance - self.nearness[cell.y as usize * CELLS + cell.x as usize].recip()
    }
}

/// Where a place is seen in the plane at distance 1, y up, and its distance along the axis in millimetres.
fn image(place: Point3<CameraMm>) -> Option<(Vec2, f32)> {
    let place = place.raw();
    let image = place.truncate() / -place.z;
    (place.z < 0.0 && image.is_finite()).then_some((image, -place.z))
}

#[cfg(test)]
mod tests {
    use glam::{Quat, Vec3};

    use super::*;
    use crate::canonical::positions;

    const NOSE_TIP: usize = 4;
    const LEFT_CHEEK: usize = 425;
    const RIGHT_CHEEK: usize = 205;

    /// The canonical face, turned by `yaw` degrees, 500 mm before the camera.
    fn seen(yaw: f32, change: impl Fn(usize, Vec3) -> Vec3) -> [f32; LANDMARKS] {
        let rotation = Quat::from_rotation_y(yaw.to_radians());
        let mut points = [[0.0; 3]; LANDMARKS];
        for (index, point) in points.iter_mut().enumerate() {
            let vertex = match index {
                468..473 => 159,
                473.. => 386,
                _ => index,
            };
            let place = rotation * change(index, positions()[vertex].raw()) - Vec3::Z * 500.0;
            *point = place.to_array();
        }
        let mut visibility = [f32::NAN; LANDMARKS];
        estimate_visibility(MetricLandmarks::known(&points), &mut visibility);
        assert!(visibility.iter().all(|it| (0.0..=1.0).contains(it)));
        visibility
    }

    #[test]
    fn a_face_to_the_camera_is_seen_whole() {
        let visibility = seen(0.0, |_, it| it);
        let clear = visibility.iter().filter(|it| **it > 0.9).count();
        assert!(clear > 400, "{clear}");
        for index in [NOSE_TIP, LEFT_CHEEK, RIGHT_CHEEK, 10, 152, 33, 263, 468, 473] {
            assert!(visibility[index] > 0.95, "{index}: {}", visibility[index]);
        }
    }

    #[test]
    fn a_turned_face_hides_its_far_side() {
        // Towards the picture's right is towards the subject's left, so the left cheek goes.
        for (yaw, near, far, iris) in [
            (70.0, RIGHT_CHEEK, LEFT_CHEEK, 473),
            (-70.0, LEFT_CHEEK, RIGHT_CHEEK, 468),
        ] {
            let visibility = seen(yaw, |_, it| it);
            assert!(visibility[near] > 0.95, "{yaw}: {}", visibility[near]);
            assert!(visibility[far] < 0.1, "{yaw}: {}", visibility[far]);
            assert!(visibility[iris] < 0.5, "{yaw}: {}", visibility[iris]);
        }
        let behind = seen(180.0, |_, it| it);
        assert!(behind[NOSE_TIP] < 0.05);
    }

    #[test]
    fn an_iris_faces_where_its_own_lids_do() {
        // A roof with its ridge along the nose, turned until the left side is seen at a grazing angle.
        let roof = |_, it: Vec3| Vec3::new(it.x, it.y, -it.x.abs());
        let visibility = seen(40.0, roof);
        assert!((0.2..0.9).contains(&visibility[473]), "left: {}", visibility[473]);
        assert!(visibility[468] > 0.95, "right: {}", visibility[468]);
    }

    #[test]
    fn what_faces_the_camera_may_still_be_covered() {
        // At 20 degrees the inner corner of the far eye faces the camera, and the bridge of the nose is before it.
        let covered = |bridge_mm: f32| {
            let raised = move |index, it: Vec3| {
                if [6, 168, 197, 195, 5, 4, 1].contains(&index) {
                    it + Vec3::Z * bridge_mm
                } else {
                    it
                }
            };
            seen(20.0, raised)[362]
        };
        assert!(covered(0.0) > 0.5, "the control: {}", covered(0.0));
        assert!(covered(40.0) < 0.1, "{}", covered(40.0));
    }

    #[test]
    fn what_lies_beyond_the_border_is_not_seen() {
        let frame = Size::new(640, 480).unwrap();
        // The face is 100 pixels wide, so that the border is 2 pixels soft each way.
        let mut points = [[300.0, 200.0, 0.0]; LANDMARKS];
        points[0] = [350.0, 200.0, 0.0];
        points[1] = [250.0, 200.0, 0.0];
        let factor_at = |x: f32, y: f32| {
            let moved = points.map(|point| [point[0] + x - 250.0, point[1] + y - 200.0, 0.0]);
            let mut visibility = [0.5; LANDMARKS];
            hide_beyond_border(FrameLandmarks::from_raw(&moved).unwrap(), frame, &mut visibility);
            visibility[1] / 0.5
        };
        for (inside_px, factor) in [(50.0, 1.0), (2.0, 1.0), (0.0, 0.5), (-2.0, 0.0), (-400.0, 0.0)] {
            for (x, y) in [
                (inside_px, 200.0),
                (640.0 - inside_px, 200.0),
                (200.0, inside_px),
                (200.0, 480.0 - inside_px),
            ] {
                assert!((factor_at(x, y) - factor).abs() < 1e-3, "{x}, {y}");
            }
        }
        assert!((0.6..0.95).contains(&factor_at(1.0, 200.0)), "soft inside");
        assert!((0.05..0.4).contains(&factor_at(200.0, -1.0)), "soft outside");
        let mut visibility = [1.0; LANDMARKS];
        let point = [[640.5, 10.0, 0.0]; LANDMARKS];
        hide_beyond_border(FrameLandmarks::from_raw(&point).unwrap(), frame, &mut visibility);
        assert_eq!(visibility, [0.0; LANDMARKS], "without a size the border is hard");
        let mut huge = [[f32::MAX, -f32::MAX, 0.0]; LANDMARKS];
        huge[0] = [-f32::MAX, f32::MAX, 0.0];
        visibility = [1.0; LANDMARKS];
        hide_beyond_border(FrameLandmarks::from_raw(&huge).unwrap(), frame, &mut visibility);
        assert!(visibility.iter().all(|it| (0.0..=1.0).contains(it)));
    }

    #[test]
    fn points_without_an_area_are_not_seen_and_do_no_harm() {
        let flat = [[0.0, 0.0, -500.0]; LANDMARKS];
        let mut visibility = [f32::NAN; LANDMARKS];
        estimate_visibility(MetricLandmarks::known(&flat), &mut visibility);
        assert_eq!(visibility, [0.0; LANDMARKS]);
        let behind = flat.map(|[x, y, z]| [x, y, -z]);
        estimate_visibility(MetricLandmarks::known(&behind), &mut visibility);
        assert_eq!(visibility, [0.0; LANDMARKS]);
    }
}
