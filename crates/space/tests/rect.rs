//! The laws that rectangles obey, on random ones.

use glam::{Affine2, Vec2};
use moretta_space::{CropPx, FramePx, Point2, Rect, Transform2};
use proptest::prelude::*;

fn coordinate() -> impl Strategy<Value = f32> {
    // Whole numbers, so that edges often coincide.
    (-20_i16..20).prop_map(f32::from)
}

fn point() -> impl Strategy<Value = Point2<FramePx>> {
    (coordinate(), coordinate()).prop_map(|p| Point2::from_raw(p.into()))
}

fn rect() -> impl Strategy<Value = Rect<FramePx>> {
    (point(), 1_u8..20, 1_u8..20).prop_map(|(min, width, height)| {
        let max = Point2::from_raw(min.raw() + Vec2::new(width.into(), height.into()));
        Rect::new(min, max).expect("sides of at least 1")
    })
}

proptest! {
    #[test]
    fn intersection_holds_what_both_hold(a in rect(), b in rect(), p in point()) {
        let in_shared = a.intersect(b).is_some_and(|shared| shared.contains(p));
        prop_assert_eq!(in_shared, a.contains(p) && b.contains(p));
        prop_assert_eq!(a.intersect(b), b.intersect(a));
        prop_assert_eq!(a.intersect(a), Some(a));
    }

    #[test]
    fn union_is_the_smallest_that_holds_both(a in rect(), b in rect(), p in point()) {
        let both = a.union(b);
        prop_assert!(both.contains(p) || !(a.contains(p) || b.contains(p)));
        prop_assert_eq!(both, b.union(a));
        prop_assert_eq!(both.intersect(a), Some(a));
        let touches = |edge: fn(Rect<FramePx>) -> f32| edge(both) == edge(a) || edge(both) == edge(b);
        prop_assert!(touches(|r| r.min().raw().x) && touches(|r| r.min().raw().y));
        prop_assert!(touches(|r| r.max().raw().x) && touches(|r| r.max().raw().y));
    }

    #[test]
    fn overlap_is_a_share(a in rect(), b in rect()) {
        let iou = a.iou(b);
        prop_assert!((0.0..=1.0).contains(&iou));
        prop_assert_eq!(iou, b.iou(a));
        prop_assert_eq!(iou == 0.0, a.intersect(b).is_none());
        prop_assert_eq!(iou == 1.0, a == b);
    }

    #[test]
    fn the_centre_is_inside(a in rect()) {
        prop_assert!(a.contains(a.centre()));
        prop_assert_eq!(Rect::from_centre(a.centre(), a.extent()), Ok(a));
    }

    #[test]
    fn bounds_hold_what_is_inside(a in rect(), angle in -7.0_f32..7.0, x in 0.0_f32..1.0, y in 0.0_f32..1.0) {
        let crop_from_frame = Transform2::<CropPx, FramePx>::from_raw(Affine2::from_angle(angle));
        let inside = a.min() + moretta_space::Vector2::from_raw(a.extent().raw() * Vec2::new(x, y));
        let bounds = crop_from_frame.bounds(a).unwrap();
        // A hair wider, for the rounding of the turn.
        let slack = Rect::from_centre(bounds.centre(), bounds.extent() * 1.001).unwrap();
        prop_assert!(slack.contains(crop_from_frame * inside));
    }
}
