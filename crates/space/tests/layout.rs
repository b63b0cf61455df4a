//! What the types are in memory, and what they must never be able to do.

use std::borrow::Borrow;
use std::fmt::{Debug, Display, LowerExp};
use std::hash::Hash;
use std::ops::{Add, Deref, DerefMut, Index, Mul};

use glam::{Affine2, Affine3, Mat4, Vec2, Vec3};
use moretta_space::{
    CameraMm, FaceMm, FramePx, Ndc, Point2, Point3, Projection, Rect, Rigid, SensorPx, Transform2,
    Transform3, Vector2, Vector3,
};
use static_assertions::{
    assert_eq_align, assert_eq_size, assert_impl_all, assert_not_impl_any, assert_type_eq_all,
    const_assert_eq,
};

assert_eq_size!(Point2<FramePx>, Vector2<FramePx>, Vec2);
assert_eq_align!(Point2<FramePx>, Vector2<FramePx>, Vec2);
assert_eq_size!(Point3<FaceMm>, Vector3<FaceMm>, Vec3);
assert_eq_align!(Point3<FaceMm>, Vector3<FaceMm>, Vec3);
assert_eq_size!(Transform2<FramePx, SensorPx>, Affine2);
assert_eq_align!(Transform2<FramePx, SensorPx>, Affine2);
assert_eq_size!(Transform3<CameraMm, FaceMm>, Affine3);
assert_eq_align!(Transform3<CameraMm, FaceMm>, Affine3);
assert_eq_size!(Projection<Ndc, CameraMm>, Mat4);
assert_eq_align!(Projection<Ndc, CameraMm>, Mat4);
assert_eq_size!(Rect<FramePx>, [Vec2; 2]);

// What buffers of landmarks and uniforms count on.
const_assert_eq!(size_of::<Point2<FramePx>>(), 8);
const_assert_eq!(size_of::<Point3<FaceMm>>(), 12);
const_assert_eq!(align_of::<Point3<FaceMm>>(), 4);

assert_type_eq_all!(<Point2<FramePx> as std::ops::Sub>::Output, Vector2<FramePx>);

macro_rules! plain_data_that_tells_nothing {
    ($($type:ty, $raw:ty;)+) => {$(
        assert_impl_all!($type: Copy, PartialEq, Debug, Send, Sync);
        assert_not_impl_any!($type: Display, LowerExp, ToString, Hash, Eq, PartialOrd, Default);
        assert_not_impl_any!($type: Deref, DerefMut, Into<$raw>, From<$raw>);
        assert_not_impl_any!($type: AsRef<$raw>, AsMut<$raw>, Borrow<$raw>);
        assert_not_impl_any!($type: AsRef<[f32]>, AsRef<[f32; 2]>, AsRef<[f32; 3]>, Index<usize>);
        assert_not_impl_any!($type: Add<$raw>, Mul<$raw>);
    )+};
}

plain_data_that_tells_nothing! {
    Point2<FramePx>, Vec2;
    Vector2<FramePx>, Vec2;
    Point3<FaceMm>, Vec3;
    Vector3<FaceMm>, Vec3;
    Rect<FramePx>, [Vec2; 2];
    Transform2<FramePx, SensorPx>, Affine2;
    Transform3<CameraMm, FaceMm>, Affine3;
    Rigid<CameraMm, FaceMm>, Affine3;
    Projection<Ndc, CameraMm>, Mat4;
}

// The control: glam's own types and plain numbers can do all that, so the list above is one that can fail.
assert_impl_all!(Vec2: Display, Default, AsRef<[f32; 2]>, Index<usize>, Add<Vec2>, Mul<Vec2>, ToString);
assert_impl_all!(Affine3: Deref, DerefMut);
assert_impl_all!(u32: Hash, Eq, PartialOrd, LowerExp, Into<u64>, From<u16>, Borrow<u32>);
assert_impl_all!([f32; 2]: AsRef<[f32]>, AsMut<[f32]>);

#[test]
fn debug_of_a_whole_structure_shows_no_number() {
    let corner = Point2::<FramePx>::from_raw(Vec2::new(123.0, 456.0));
    let far = corner + Vector2::from_raw(Vec2::splat(789.0));
    let shown = format!("{:#?}", (corner, [far - corner], Some(Rect::new(corner, far))));
    assert!(shown.contains("Point2<FramePx>(..)"), "{shown}");
    let numbers_in = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() > 1);
    assert!(!numbers_in(&shown), "{shown}");
    assert!(
        numbers_in(&format!("{:?}", corner.raw())),
        "the control shows its numbers"
    );
}
