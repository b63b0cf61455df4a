//! Faces made up from a known pose, as a camera and the network would show them: is the pose found again?

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers as well"
)]

use glam::{EulerRot, Quat, Vec2, Vec3};
use moretta_geometry::{
    Camera, Error, FacePose, FrameLandmarks, Intrinsics, LANDMARKS, canonical, measure, measure_as_reference,
};
use moretta_space::{CameraMm, FramePx, Point2, Point3, Rigid, Size};
use proptest::prelude::*;

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

type Points = [[f32; 3]; LANDMARKS];

/// The canonical face with the irises in the middles of its lids.
fn head() -> [Vec3; LANDMARKS] {
    core::array::from_fn(|index| {
        let vertex = match index {
            468..473 => 159,
            473.. => 386,
            _ => index,
        };
        canonical::positions()[vertex].raw()
    })
}

/// What the network would say of `head` under `pose`: the true pixels, and depths along the line of sight to
/// their middle, in pixels as large as the picture shows a millimetre there.
fn shown(camera: Camera, pose: Rigid<CameraMm, moretta_space::FaceMm>, head: &[Vec3; LANDMARKS]) -> Points {
    let places = head.map(|it| pose * Point3::from_raw(it));
    let pixels = places.map(|it| camera.project(it).unwrap().raw());
    let middle = pixels[..468].iter().sum::<Vec2>() / 468.0;
    let sight = camera.ray(Point2::from_raw(middle)).try_normalize().unwrap();
    let along = places.map(|it| (it - Point3::ORIGIN).dot(sight));
    let distance = along[..468].iter().sum::<f32>() / 468.0;

    // How many pixels a step across the line of sight covers: the root of the area that a unit square has there.
    // Depth counts pixels of x, which are as many as those of y where pixels are square.
    let side = sight.raw().any_orthonormal_vector();
    let step = |by: Vec3| {
        let seen = |at: Vec3| camera.project(Point3::from_raw(at)).unwrap().raw();
        let ahead = sight.raw() * 1000.0;
        (seen(ahead + by * 10.0) - seen(ahead - by * 10.0)) / 0.02
    };
    let area = step(side).perp_dot(step(sight.raw().cross(side))).abs();
    let Intrinsics { fx_px, fy_px, .. } = camera.intrinsics();
    let depth_unit = (area * fx_px / fy_px).sqrt();
    core::array::from_fn(|it| {
        let depth = (along[it] - distance) / distance * depth_unit;
        [pixels[it].x, pixels[it].y, depth]
    })
}

fn frame() -> Size<FramePx> {
    Size::new(WIDTH, HEIGHT).unwrap()
}

/// A head at `pixel`, `distance` mm along the ray there, turned by `angles` in degrees.
fn posed(
    camera: Camera,
    pixel: Vec2,
    distance: f32,
    angles: [f32; 3],
) -> Rigid<CameraMm, moretta_space::FaceMm> {
    let [yaw, pitch, roll] = angles.map(f32::to_radians);
    let rotation = Quat::from_euler(EulerRot::YXZ, yaw, pitch, roll);
    let ray = camera.ray(Point2::from_raw(pixel)).try_normalize().unwrap();
    Rigid::from_raw(rotation, ray.raw() * distance).unwrap()
}

/// How far apart two rotations are, in degrees. By the sine, which is exact where the cosine is flat.
fn angle(a: Quat, b: Quat) -> f32 {
    let between = a.conjugate() * b;
    2.0 * between.xyz().length().atan2(between.w.abs()).to_degrees()
}

fn found(camera: Camera, points: &Points) -> (FacePose, Points) {
    let mut metric = [[f32::NAN; 3]; LANDMARKS];
    let pose = measure(camera, FrameLandmarks::from_raw(points).unwrap(), &mut metric).unwrap();
    (pose, metric)
}

fn cameras() -> impl Strategy<Value = Camera> {
    let square = (0.6f32..1.6).prop_map(|fov| Camera::from_fov_y(frame(), fov).unwrap());
    let measured =
        (700.0f32..1500.0, 0.9f32..1.1, -60.0f32..60.0, -60.0f32..60.0).prop_map(|(f, ratio, x, y)| {
            let intrinsics = Intrinsics {
                fx_px: f,
                fy_px: f * ratio,
                cx_px: 640.0 + x,
                cy_px: 360.0 + y,
            };
            Camera::from_intrinsics(frame(), intrinsics).unwrap()
        });
    prop_oneof![square, measured]
}

fn angles() -> impl Strategy<Value = [f32; 3]> {
    [-45.0f32..45.0, -35.0f32..35.0, -60.0f32..60.0]
}

/// Anywhere in the frame, the corners in particular.
fn pixels() -> impl Strategy<Value = Vec2> {
    let anywhere = (0.0f32..1280.0, 0.0f32..720.0);
    let corner = (
        prop_oneof![Just(0.0f32), Just(1280.0)],
        prop_oneof![Just(0.0f32), Just(720.0)],
    );
    prop_oneof![anywhere, corner].prop_map(Vec2::from)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_pose_is_found_wherever_the_face_is(
        camera in cameras(), pixel in pixels(), distance in 250.0f32..2000.0, angles in angles(),
        depth_offset in -500.0f32..500.0,
    ) {
        let truth = posed(camera, pixel, distance, angles);
        // Only differences of depth mean anything.
        let points = shown(camera, truth, &head()).map(|[x, y, z]| [x, y, z + depth_offset]);
        let (pose, metric) = found(camera, &points);
        let (rotation, translation) = pose.rigid().raw();
        prop_assert!(angle(rotation, truth.raw().0) < 0.1, "{}", angle(rotation, truth.raw().0));
        prop_assert!(translation.distance(truth.raw().1) < 0.005 * distance);
        prop_assert!((pose.scale() - 1.0).abs() < 1e-3);
        for (found, vertex) in metric.iter().zip(head()) {
            let expected = (truth * Point3::from_raw(vertex)).raw();
            prop_assert!(Vec3::from_array(*found).distance(expected) < 0.005 * distance);
        }
    }

    #[test]
    fn landmarks_are_seen_where_they_were(
        camera in cameras(), pixel in pixels(), distance in 250.0f32..2000.0, angles in angles(),
        noise in proptest::array::uniform32(-3.0f32..3.0),
    ) {
        let mut points = shown(camera, posed(camera, pixel, distance, angles), &head());
        for (it, number) in points.as_flattened_mut().iter_mut().enumerate() {
            *number += noise[it * 7 % 32];
        }
        let (_, metric) = found(camera, &points);
        for (place, point) in metric.iter().zip(&points) {
            let seen = camera.project(Point3::from_raw(Vec3::from_array(*place))).unwrap();
            prop_assert!(seen.raw().distance(Vec2::new(point[0], point[1])) < 0.01);
        }
    }

    #[test]
    fn noise_of_a_pixel_turns_a_face_of_two_hundred_by_a_degree(
        pixel in pixels(), angles in angles(), noise in proptest::array::uniform32(-1.0f32..1.0),
    ) {
        let camera = Camera::from_fov_y(frame(), 1.1).unwrap();
        let truth = posed(camera, pixel, 500.0, angles);
        let mut points = shown(camera, truth, &head());
        for (it, number) in points.as_flattened_mut().iter_mut().enumerate() {
            // A stride prime to 32: neighbours get different noise.
            *number += noise[it * 7 % 32];
        }
        let (pose, _) = found(camera, &points);
        prop_assert!(angle(pose.rigid().raw().0, truth.raw().0) < 1.0);
        prop_assert!(pose.rigid().raw().1.distance(truth.raw().1) < 0.01 * 500.0);
    }

    #[test]
    fn a_frame_of_another_size_shows_the_same_pose(
        pixel in pixels(), angles in angles(), factor in 1u32..4,
    ) {
        let camera = Camera::from_fov_y(frame(), 1.0).unwrap();
        let points = shown(camera, posed(camera, pixel, 600.0, angles), &head());
        let larger = Size::new(WIDTH * factor, HEIGHT * factor).unwrap();
        let (pose, _) = found(camera, &points);
        let scaled = points.map(|point| point.map(|it| it * factor as f32));
        let (other, _) = found(Camera::from_fov_y(larger, 1.0).unwrap(), &scaled);
        prop_assert!(angle(pose.rigid().raw().0, other.rigid().raw().0) < 0.01);
        prop_assert!(pose.position().distance(other.position()) < 0.1);
    }

    #[test]
    fn a_larger_face_farther_away_is_the_same_picture(
        pixel in pixels(), angles in angles(), factor in 0.5f32..2.0,
    ) {
        let camera = Camera::from_fov_y(frame(), 1.0).unwrap();
        let truth = posed(camera, pixel, 600.0, angles);
        let (rotation, translation) = truth.raw();
        let farther = Rigid::from_raw(rotation, translation * factor).unwrap();
        let (pose, _) = found(camera, &shown(camera, farther, &head().map(|it| it * factor)));
        prop_assert!(angle(pose.rigid().raw().0, rotation) < 0.1);
        prop_assert!(pose.rigid().raw().1.distance(translation) < 3.0);
    }

    #[test]
    fn numbers_of_any_kind_make_a_finite_pose_or_an_error(
        seed in proptest::collection::vec(
            prop_oneof![
                -1e4f32..1e4, Just(0.0), Just(f32::MAX), Just(f32::MIN), Just(1e-30), Just(f32::MIN_POSITIVE)
            ],
            97,
        ),
    ) {
        let mut points = [[0.0; 3]; LANDMARKS];
        for (it, number) in points.as_flattened_mut().iter_mut().enumerate() {
            *number = seed[it % 97];
        }
        let camera = Camera::from_fov_y(frame(), 1.0).unwrap();
        let untouched = [[7.0; 3]; LANDMARKS];
        let mut metric = untouched;
        match measure(camera, FrameLandmarks::from_raw(&points).unwrap(), &mut metric) {
            Ok(pose) => {
                prop_assert!(pose.camera_from_face().is_finite());
                prop_assert!(metric.as_flattened().iter().all(|it| it.is_finite()));
            }
            Err(_) => prop_assert!(metric == untouched),
        }
    }
}

#[test]
fn the_reference_agrees_in_the_middle_and_not_in_the_corner() {
    let camera = Camera::from_fov_y(frame(), 63.0_f32.to_radians()).unwrap();
    let off = |pixel| {
        let truth = posed(camera, pixel, 600.0, [5.0, -5.0, 3.0]);
        let points = shown(camera, truth, &head());
        let landmarks = FrameLandmarks::from_raw(&points).unwrap();
        let mut metric = [[0.0; 3]; LANDMARKS];
        let ours = measure(camera, landmarks, &mut metric).unwrap();
        let theirs = measure_as_reference(frame(), landmarks, &mut metric).unwrap();
        [ours, theirs].map(|pose| angle(pose.rigid().raw().0, truth.raw().0))
    };
    let [ours, theirs] = off(Vec2::new(640.0, 360.0));
    assert!(ours < 0.1 && theirs < 1.0, "{ours} {theirs}");
    let [ours, theirs] = off(Vec2::new(1200.0, 60.0));
    assert!(ours < 0.1 && theirs > 20.0, "{ours} {theirs}");
}

#[test]
fn points_of_no_face_say_what_is_wrong() {
    let camera = Camera::from_fov_y(frame(), 1.0).unwrap();
    let face = shown(
        camera,
        posed(camera, Vec2::new(500.0, 300.0), 600.0, [10.0, 5.0, 0.0]),
        &head(),
    );
    let fault = |points: Points| {
        let mut metric = [[7.0; 3]; LANDMARKS];
        let landmarks = FrameLandmarks::from_raw(&points)?;
        let outcome = measure(camera, landmarks, &mut metric);
        assert!(
            outcome.is_ok() || metric == [[7.0; 3]; LANDMARKS],
            "touched on failure"
        );
        outcome.map(|_| ())
    };
    let found = |points| match fault(points) {
        Err(Error::Landmarks { found, .. }) => found,
        other => panic!("expected a fault of the landmarks, found {other:?}"),
    };
    assert_eq!(fault(face), Ok(()), "the control");
    assert_eq!(found([[640.0, 360.0, 0.0]; LANDMARKS]), "all in one place");
    assert_eq!(
        found(face.map(|[x, y, z]| [500.0 + x * 1e-4, 300.0 + y * 1e-4, z * 1e-4])),
        "all in one place"
    );
    assert_eq!(found(face.map(|[x, _, _]| [x, 0.5 * x, 0.0])), "all in a line");
    assert_eq!(found(face.map(|[x, y, z]| [1280.0 - x, y, z])), "a mirror image");
    assert_eq!(found(face.map(|[x, y, z]| [x, y, -z])), "a mirror image");
    assert_eq!(
        found(face.map(|[x, y, z]| [x, y, 100.0 * z])),
        "one behind the camera"
    );
    for bad in [f32::NAN, f32::INFINITY] {
        let mut points = face;
        points[300][1] = bad;
        assert_eq!(found(points), "one that is not");
    }
}
