//! The laws that transforms, poses and cameras obey, on random ones.

use glam::{Affine2, Affine3, Quat, Vec2, Vec3};
use moretta_space::{
    CameraMm, CropPx, FaceMm, FaceUv, FramePx, Ndc, Point2, Point3, Projection, Rigid, SensorPx, Size,
    Space2, Space3, Transform2, Transform3, Vector2, Vector3,
};
use proptest::prelude::*;

/// Pixels and millimetres of the size a camera pipeline meets.
const REACH: f32 = 2_000.0;
/// A few roundings of numbers up to some 100 * `REACH`: two scales of up to 4 in turn, and their inverses.
const TOLERANCE: f32 = 0.25;

fn vec2() -> impl Strategy<Value = Vec2> {
    (-REACH..REACH, -REACH..REACH).prop_map(Vec2::from)
}

fn vec3() -> impl Strategy<Value = Vec3> {
    (-REACH..REACH, -REACH..REACH, -REACH..REACH).prop_map(Vec3::from)
}

/// Far enough from zero that nothing is nearly flat; both signs, so that there are mirrors too.
fn scale() -> impl Strategy<Value = f32> {
    prop_oneof![0.25_f32..4.0, -4.0_f32..-0.25]
}

fn transform2<Dst: Space2, Src: Space2>() -> impl Strategy<Value = Transform2<Dst, Src>> {
    ((scale(), scale()), -7.0_f32..7.0, vec2())
        .prop_map(|(scale, angle, by)| Affine2::from_scale_angle_translation(scale.into(), angle, by))
        .prop_map(Transform2::from_raw)
}

fn rotation() -> impl Strategy<Value = Quat> {
    (-7.0_f32..7.0, -7.0_f32..7.0, -7.0_f32..7.0)
        .prop_map(|(x, y, z)| Quat::from_rotation_x(x) * Quat::from_rotation_y(y) * Quat::from_rotation_z(z))
}

fn transform3<Dst: Space3, Src: Space3>() -> impl Strategy<Value = Transform3<Dst, Src>> {
    ((scale(), scale(), scale()), rotation(), vec3())
        .prop_map(|(scale, turn, by)| Affine3::from_scale_rotation_translation(scale.into(), turn, by))
        .prop_map(Transform3::from_raw)
}

fn rigid<Dst: Space3, Src: Space3>() -> impl Strategy<Value = Rigid<Dst, Src>> {
    (rotation(), vec3()).prop_map(|(turn, by)| Rigid::from_raw(turn, by).expect("a product of rotations"))
}

proptest! {
    #[test]
    fn flat_inverse_undoes(a in transform2::<FramePx, CropPx>(), p in vec2()) {
        let p = Point2::<CropPx>::from_raw(p);
        let there_and_back: Transform2<CropPx, CropPx> = a.inverse().unwrap() * a;
        prop_assert!((there_and_back * p).distance(p) < TOLERANCE);
        let back = a.inverse().unwrap().inverse().unwrap();
        prop_assert!((back * p).distance(a * p) < TOLERANCE);
    }

    #[test]
    fn flat_composition_is_one_after_the_other(
        a in transform2::<FramePx, CropPx>(),
        b in transform2::<CropPx, FaceUv>(),
        p in vec2(),
    ) {
        let (point, vector) = (Point2::<FaceUv>::from_raw(p), Vector2::<FaceUv>::from_raw(p));
        prop_assert!(((a * b) * point).distance(a * (b * point)) < TOLERANCE);
        prop_assert!(((a * b) * vector - a * (b * vector)).length() < TOLERANCE);
    }

    #[test]
    fn flat_composition_is_associative(
        a in transform2::<SensorPx, FramePx>(),
        b in transform2::<FramePx, CropPx>(),
        c in transform2::<CropPx, FaceUv>(),
        p in vec2(),
    ) {
        let p = Point2::<FaceUv>::from_raw(p);
        prop_assert!((((a * b) * c) * p).distance((a * (b * c)) * p) < TOLERANCE);
    }

    #[test]
    fn flat_inverse_of_a_product_is_the_product_of_inverses_reversed(
        a in transform2::<FramePx, CropPx>(),
        b in transform2::<CropPx, FaceUv>(),
        p in vec2(),
    ) {
        let p = Point2::<FramePx>::from_raw(p);
        let (whole, parts) = ((a * b).inverse().unwrap(), b.inverse().unwrap() * a.inverse().unwrap());
        prop_assert!((whole * p).distance(parts * p) < TOLERANCE);
    }

    #[test]
    fn flat_differences_move_as_vectors(a in transform2::<FramePx, CropPx>(), p in vec2(), q in vec2()) {
        let (p, q) = (Point2::<CropPx>::from_raw(p), Point2::<CropPx>::from_raw(q));
        prop_assert!(((a * q - a * p) - a * (q - p)).length() < TOLERANCE);
        prop_assert!((a * p.midpoint(q)).distance((a * p).midpoint(a * q)) < TOLERANCE);
    }

    #[test]
    fn solid_inverse_undoes(a in transform3::<CameraMm, FaceMm>(), p in vec3()) {
        let p = Point3::<FaceMm>::from_raw(p);
        prop_assert!((a.inverse().unwrap() * (a * p)).distance(p) < TOLERANCE);
    }

    #[test]
    fn solid_composition_is_one_after_the_other(
        a in transform3::<FaceMm, CameraMm>(),
        b in transform3::<CameraMm, FaceMm>(),
        c in transform3::<FaceMm, CameraMm>(),
        p in vec3(),
    ) {
        let (point, vector) = (Point3::<CameraMm>::from_raw(p), Vector3::<CameraMm>::from_raw(p));
        prop_assert!(((b * c) * point).distance(b * (c * point)) < TOLERANCE);
        prop_assert!(((b * c) * vector - b * (c * vector)).length() < TOLERANCE);
        prop_assert!((((a * b) * c) * point).distance((a * (b * c)) * point) < TOLERANCE);
    }

    #[test]
    fn poses_agree_with_their_matrices(
        a in rigid::<FaceMm, CameraMm>(),
        b in rigid::<CameraMm, FaceMm>(),
        p in vec3(),
    ) {
        let (point, vector) = (Point3::<FaceMm>::from_raw(p), Vector3::<FaceMm>::from_raw(p));
        let (a3, b3) = (Transform3::from(a), Transform3::from(b));
        prop_assert!((b * point).distance(b3 * point) < TOLERANCE);
        prop_assert!((b * vector - b3 * vector).length() < TOLERANCE);
        prop_assert!(((a * b) * point).distance((a3 * b3) * point) < TOLERANCE);
    }

    #[test]
    fn poses_can_be_undone_and_keep_lengths(a in rigid::<CameraMm, FaceMm>(), p in vec3(), q in vec3()) {
        let (p, q) = (Point3::<FaceMm>::from_raw(p), Point3::<FaceMm>::from_raw(q));
        prop_assert!((a.inverse() * (a * p)).distance(p) < TOLERANCE);
        prop_assert!(((a.inverse() * a) * p).distance(p) < TOLERANCE);
        prop_assert!(((a * p).distance(a * q) - p.distance(q)).abs() < TOLERANCE);
    }

    #[test]
    fn a_camera_can_be_undone_within_its_view(
        fov_y_rad in 0.5_f32..2.0,
        x in -0.9_f32..0.9,
        y in -0.9_f32..0.9,
        distance in 100.0_f32..2_000.0,
    ) {
        let frame = Size::new(1280, 720).unwrap();
        let camera = Projection::perspective(frame, fov_y_rad, 50.0, 5_000.0).unwrap();
        let half_height = distance * (fov_y_rad / 2.0).tan();
        let seen = Point3::<CameraMm>::from_raw(Vec3::new(
            x * half_height * frame.aspect(),
            y * half_height,
            -distance,
        ));
        let image = camera.project(seen).unwrap();
        prop_assert!(image.on_picture().distance(Point2::from_raw(Vec2::new(x, y))) < 1e-4);
        prop_assert!(image.raw().z > 0.0 && image.raw().z < 1.0);
        // Depth is stored as near / distance, so its rounding weighs distance / near times as much.
        let back = camera.inverse().unwrap().project(image).unwrap();
        prop_assert!(back.distance(seen) < 1e-4 * distance * distance / 50.0);
    }

    #[test]
    fn frame_texture_and_device_coordinates_come_back(
        width in 1_u32..5_000,
        height in 1_u32..5_000,
        p in vec2(),
    ) {
        let size = Size::<FramePx>::new(width, height).unwrap();
        let p = Point2::<FramePx>::from_raw(p);
        prop_assert!((size.frame_from_uv() * (size.uv_from_frame() * p)).distance(p) < 1e-2);
        prop_assert!((size.frame_from_ndc() * (size.ndc_from_frame() * p)).distance(p) < 1e-2);
        let uv_from_ndc = size.uv_from_frame() * size.frame_from_ndc();
        let centre = uv_from_ndc * Point2::<Ndc>::ORIGIN;
        prop_assert!(centre.distance(Point2::from_raw(Vec2::splat(0.5))) < 1e-6);
    }
}
