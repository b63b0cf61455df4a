//! Another face's shape and expression on a face.

use glam::Vec3;
use moretta_geometry::{canonical, region};
use moretta_golden::Picture;
use moretta_pack::{Effect, Keep, NodeKind, Property, SwapSource};

use crate::common::face::{Head, Turn};
use crate::common::scenery::persons;
use crate::common::{Rig, Take, check, effect};
use crate::swaps::{BOTH, DARK, PALE, differ, differences, person, pixel, still, swap, with_donors};

const SIZE: (u32, u32) = (960, 640);
/// The middles of both brows, each between a landmark above and one below.
const BROWS: [(usize, usize); 2] = [(105, 52), (334, 282)];

/// A swap by `[amount, shape, expression]`.
fn bent(source: SwapSource, keep: Keep, by: [f32; 3]) -> Effect {
    effect(
        Vec::new(),
        vec![NodeKind::FaceSwap { source, keep }],
        |face, out| {
            out.property(0, Property::Lighting.code(), 1.0);
            let numbers = [Property::Opacity, Property::Shape, Property::Expression];
            for (property, number) in numbers.into_iter().zip(by) {
                out.property(0, property.code(), face.constant(number));
            }
        },
    )
}

fn near(place: Vec3, landmark: usize, reach_mm: f32) -> f32 {
    let away = place.distance(canonical::positions()[landmark].raw()) / reach_mm;
    (-0.5 * away * away).exp()
}

/// Wide-set eyes and a long, broad nose; raised brows and an open mouth.
fn other_shape(vertex: usize, place: Vec3) -> Vec3 {
    let mut moved = place;
    let side = place.x.signum();
    moved.x += side * 5.0 * (near(place, 159, 14.0) + near(place, 386, 14.0));
    moved.x += place.x * 0.5 * near(place, 4, 14.0);
    moved.y -= 5.0 * near(place, 2, 12.0);
    moved.y += 8.0 * (near(place, 105, 14.0) + near(place, 334, 14.0));
    let lower = [&region::LIPS_INNER[1..10], &region::LIPS_OUTER[1..10]].concat();
    if lower.contains(&(vertex as u16)) || place.y < canonical::positions()[17].raw().y {
        moved.y -= 14.0 * near(place, 17, 14.0);
    }
    moved
}

const TURN: Turn = Turn {
    yaw: 10.0,
    pitch: 0.0,
    roll: 6.0,
};
const PLACE: [f32; 3] = [-85.0, 0.0, -400.0];

/// One with the canonical face, and one with another.
fn two() -> [Head; 2] {
    let turn = Turn {
        yaw: -12.0,
        ..Turn::default()
    };
    [
        Head::new(SIZE, TURN, PLACE).in_slot(0, 1),
        Head::shaped(SIZE, turn, [95.0, 10.0, -450.0], other_shape).in_slot(1, 2),
    ]
}

/// The first of [`two`], as it is when it has the other's shape.
fn moved() -> Head {
    Head::shaped(SIZE, TURN, PLACE, other_shape)
}

fn scene(heads: &[Head; 2]) -> Picture {
    persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    )
}

fn shown(rig: &Rig, before: &Picture, look: &Effect, heads: &[Head]) -> Picture {
    rig.draw(&Take::of(before), &still(&rig.load(look), heads))
        .unwrap()
}

/// The brows of `head` are dark, or there are none where it has them.
#[track_caller]
fn assert_brows(picture: &Picture, head: &Head, there: bool) {
    let found = BROWS.map(|(above, below)| {
        let [a, b] = [above, below].map(|it| head.px(it));
        // In the middle of the brow, and above it.
        [0.5, -1.0].map(|share| {
            let [x, y] = [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * share);
            u32::from(picture.pixel(x as u32, y as u32)[1])
        })
    });
    let dark = found.iter().filter(|[brow, above]| brow * 100 < above * 92);
    assert_eq!(dark.count(), if there { 2 } else { 0 }, "{found:?}");
}

/// Whether the lower lip is where `head`, whose mouth is open, has it.
fn is_open(picture: &Picture, head: &Head) -> bool {
    let [a, b] = [14, 17].map(|it| head.px(it));
    let [red, green, ..] = picture.pixel((0.5 * (a[0] + b[0])) as u32, (0.5 * (a[1] + b[1])) as u32);
    u32::from(red) * 10 > u32::from(green) * 17
}

#[test]
fn a_face_takes_on_the_shape_and_the_expression_of_the_other() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = scene(&heads);
    let of = |by| shown(&rig, &before, &bent(SwapSource::NextFace, BOTH, by), &heads);
    let plain = shown(&rig, &before, &swap(), &heads);
    let none = of([1.0, 0.0, 0.0]);
    assert_eq!(
        differences(&plain, &none, 0).0,
        0,
        "by 0 it is as if nothing was said"
    );
    let both = of([1.0, 1.0, 1.0]);
    check("swap-shape", &both);

    let moved = moved();
    assert_brows(&plain, &heads[0], true);
    assert_brows(&plain, &moved, false);
    assert_brows(&both, &moved, true);
    assert_brows(&both, &heads[0], false);
    assert!(
        !is_open(&before, &moved) && !is_open(&plain, &moved),
        "the control"
    );
    assert!(is_open(&both, &moved));
    // The other's mouth closes and its brows sink.
    assert!(is_open(&before, &heads[1]), "the control");
    let closed = Head::new(
        SIZE,
        Turn {
            yaw: -12.0,
            ..Turn::default()
        },
        [95.0, 10.0, -450.0],
    );
    assert!(!is_open(&both, &heads[1]));
    assert_brows(&both, &closed, true);
}

#[test]
fn the_shape_alone_leaves_mouth_and_brows_to_the_face() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = scene(&heads);
    let of = |by| shown(&rig, &before, &bent(SwapSource::NextFace, BOTH, by), &heads);
    let shape = of([1.0, 1.0, 0.0]);
    check("swap-shape-alone", &shape);
    assert!(!is_open(&shape, &moved()));
    assert_brows(&shape, &moved(), false);
    assert!(is_open(&shape, &heads[1]), "the other's own stays open");
    // The nose is the other's: its tip is lower.
    let (far, _) = differences(&of([1.0, 0.0, 0.0]), &shape, 12);
    assert!(far > 500, "{far}");
}

#[test]
fn outline_and_surroundings_stay() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = scene(&heads);
    let plain = shown(&rig, &before, &swap(), &heads);
    let look = bent(SwapSource::NextFace, BOTH, [1.0; 3]);
    let both = shown(&rig, &before, &look, &heads);
    let mut seen = 0;
    for (head, landmark) in heads
        .iter()
        .flat_map(|head| region::FACE_OVAL.map(|it| (head, usize::from(it))))
    {
        seen += 1;
        // Edges within a face may lie a little beside.
        let both = pixel(&both, head, landmark);
        let [x, y] = head.px(landmark).map(|it| it as u32);
        let near = (0..49).map(|it| plain.pixel(x + it % 7 - 3, y + it / 7 - 3));
        let least = near.map(|plain| differ(plain, both)).min().unwrap();
        assert!(least <= 8, "slot {}, {landmark}: {both:?}, {least}", head.slot);
    }
    assert_eq!(seen, 72);
    // What was not a face's before is not touched.
    let inside = |x: u32, y: u32| {
        heads.iter().any(|head| {
            let ring = region::FACE_OVAL.map(|it| head.px(usize::from(it)));
            let at = [x as f32 + 0.5, y as f32 + 0.5];
            let near = |a: [f32; 2]| (a[0] - at[0]).hypot(a[1] - at[1]) < 3.0;
            let next = ring.iter().cycle().skip(1);
            let crossed = ring.iter().zip(next).filter(|(a, b)| {
                (a[1] > at[1]) != (b[1] > at[1])
                    && at[0] < a[0] + (b[0] - a[0]) * (at[1] - a[1]) / (b[1] - a[1])
            });
            crossed.count() % 2 == 1 || ring.into_iter().any(near)
        })
    };
    let changed = (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y)));
    let (mut within, mut beyond) = (0, 0);
    for (x, y) in changed {
        let far = differ(plain.pixel(x, y), both.pixel(x, y)) > 4;
        let count = if inside(x, y) { &mut within } else { &mut beyond };
        *count += usize::from(far);
    }
    assert!(within > 5000, "the control: {within}");
    assert!(beyond < 20, "{beyond}");
}

#[test]
fn its_own_shape_changes_nothing() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: 20.0,
        pitch: 5.0,
        roll: 10.0,
    };
    // Two tracks of one face.
    let heads = [0, 1]
        .map(|slot| Head::shaped(SIZE, turn, [0.0, 0.0, -300.0], other_shape).in_slot(slot, slot as u64 + 1));
    let before = persons(SIZE.0, SIZE.1, &[person(&heads[0], PALE)]);
    let look = bent(SwapSource::NextFace, BOTH, [1.0; 3]);
    let (far, mean) = differences(&before, &shown(&rig, &before, &look, &heads), 3);
    assert!(far < 60 && mean < 0.2, "{far} pixels, {mean}");
    let other = two();
    let before = scene(&other);
    let (far, _) = differences(&before, &shown(&rig, &before, &look, &other), 3);
    assert!(far > 5000, "the control: {far}");
}

#[test]
fn a_photo_gives_its_shape_and_a_morph_shows_one_face() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, TURN, PLACE);
    let heads = core::slice::from_ref(&head);
    let before = persons(SIZE.0, SIZE.1, &[person(&head, PALE)]);
    let turn = Turn {
        yaw: -8.0,
        roll: -20.0,
        ..Turn::default()
    };
    let sitter = Head::shaped((600, 600), turn, [0.0, 0.0, -300.0], other_shape);
    let photo = persons(600, 600, &[person(&sitter, DARK)]);
    rig.donate(5, &Take::of(&photo), &sitter).unwrap();
    let of = |by: [f32; 3]| {
        let look = rig.load(&bent(SwapSource::Photo, BOTH, by));
        rig.draw(&Take::of(&before), &with_donors(&look, heads, &[(0, 5)]))
            .unwrap()
    };
    let whole = of([1.0; 3]);
    let moved = moved();
    assert_brows(&whole, &moved, true);
    assert_brows(&whole, &head, false);
    assert!(is_open(&whole, &moved));
    // Half way there are two brows, not four: they are half way, and skin is where the face's and the other's are.
    let half = of([0.5; 3]);
    check("swap-morph", &half);
    let between = Head::shaped(SIZE, TURN, PLACE, |vertex, place| {
        place.lerp(other_shape(vertex, place), 0.5)
    });
    assert_brows(&half, &between, true);
    // The control: without the shape, both faces' brows are seen half.
    let ghost = of([0.5, 0.0, 0.0]);
    assert!(differences(&half, &ghost, 12).0 > 500);
}

#[test]
fn who_turns_away_keeps_its_shape() {
    let Some(rig) = Rig::new() else { return };
    let heads = |yaw: f32| {
        let turn = Turn {
            yaw,
            ..Turn::default()
        };
        [Head::new(SIZE, turn, PLACE).in_slot(0, 1), two()[1].clone()]
    };
    let changed = |yaw: f32| {
        let heads = heads(yaw);
        let before = scene(&heads);
        let look = bent(SwapSource::NextFace, BOTH, [1.0; 3]);
        differences(&before, &shown(&rig, &before, &look, &heads), 6).0
    };
    assert!(changed(20.0) > 2000, "the control");
    assert_eq!(changed(65.0), 0);
    assert_eq!(changed(-65.0), 0);
}
