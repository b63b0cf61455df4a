//! Which maps can be undone: dependent axes are told from narrow ones, for any scale of the axes.

use glam::{Affine2, Affine3, Mat2, Mat3, Mat4, Vec2, Vec3, Vec4};
use moretta_space::{CameraMm, CropPx, Error, FaceMm, FramePx, Ndc, Projection, Transform2, Transform3};
use proptest::prelude::*;

/// An axis about as long as 1, and a scale for it.
fn axis() -> impl Strategy<Value = (Vec3, f32)> {
    let parts = (-7.0_f32..7.0, -1.0_f32..1.0, 0.5_f32..2.0, -6.0_f32..6.0);
    parts.prop_map(|(turn, rise, length, exponent)| {
        let flat = Vec2::from_angle(turn) * (1.0 - rise * rise).sqrt();
        (flat.extend(rise) * length, 10_f32.powf(exponent))
    })
}

/// An axis in the plane of `a` and `b`; no shorter than the parts it is made of, so that it is rounded
/// little.
fn between(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    let b = if a.dot(b) < 0.0 { -b } else { b };
    a.lerp(b, share)
}

fn flat(axes: [Vec2; 2]) -> Result<(), Error> {
    let raw = Affine2::from_mat2(Mat2::from_cols(axes[0], axes[1]));
    Transform2::<FramePx, CropPx>::from_raw(raw).inverse().map(drop)
}

fn solid(axes: [Vec3; 3]) -> Result<(), Error> {
    let raw = Affine3::from_mat3(Mat3::from_cols(axes[0], axes[1], axes[2]));
    Transform3::<CameraMm, FaceMm>::from_raw(raw).inverse().map(drop)
}

fn perspective(axes: [Vec4; 4]) -> Result<(), Error> {
    let raw = Mat4::from_cols(axes[0], axes[1], axes[2], axes[3]);
    Projection::<Ndc, CameraMm>::from_raw(raw).inverse().map(drop)
}

proptest! {
    #[test]
    fn parallel_axes_have_no_inverse((a, a_scale) in axis(), (_, b_scale) in axis()) {
        let a = a.truncate();
        prop_assert!(flat([a * a_scale, a * b_scale]).is_err());
    }

    #[test]
    fn axes_in_a_plane_have_no_inverse(
        (a, a_scale) in axis(),
        (b, b_scale) in axis(),
        (_, c_scale) in axis(),
        share in 0.0_f32..1.0,
    ) {
        let c = between(a, b, share);
        prop_assert!(solid([a * a_scale, b * b_scale, c * c_scale]).is_err());
    }

    #[test]
    fn homogeneous_axes_in_a_space_have_no_inverse(
        (a, a_scale) in axis(),
        (b, b_scale) in axis(),
        (c, c_scale) in axis(),
        (share, w) in (0.0_f32..1.0, -2.0_f32..2.0),
    ) {
        // The last is between the first two, in w as well.
        let (a, b, c) = (a.extend(w), b.extend(w), c.extend(-w));
        let d = a.lerp(b, share);
        prop_assert!(perspective([a * a_scale, b * b_scale, c * c_scale, d]).is_err());
    }

    #[test]
    fn narrow_axes_have_one(angle in -7.0_f32..7.0, (_, a_scale) in axis(), (_, b_scale) in axis()) {
        // A hundredth of a milliradian apart, some five times the limit.
        let a = Vec2::from_angle(angle);
        let b = a + a.perp() * 1e-5;
        let (a, b) = (a * a_scale, b * b_scale);
        prop_assert_eq!(flat([a, b]), Ok(()));
        prop_assert_eq!(solid([a.extend(0.0), b.extend(0.0), Vec3::Z]), Ok(()));
        let axes = [a.extend(0.0).extend(0.0), b.extend(0.0).extend(0.0), Vec4::Z, Vec4::W];
        prop_assert_eq!(perspective(axes), Ok(()));
    }
}
