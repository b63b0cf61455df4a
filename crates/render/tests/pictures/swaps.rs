//! Another face's looks on a face.

use moretta_golden::Picture;
use moretta_pack::{Effect, Keep, NodeKind, Property, SwapSource};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{Person, drawn, persons};
use crate::common::{Rig, Take, With, check, effect};

pub(crate) const SIZE: (u32, u32) = (480, 320);
pub(crate) const PALE: [f32; 3] = [225.0, 180.0, 160.0];
pub(crate) const DARK: [f32; 3] = [120.0, 78.0, 58.0];
const CHEEKS: [usize; 4] = [50, 280, 205, 425];
/// Where a mole is drawn.
const MOLE: usize = 425;

pub(crate) const BOTH: Keep = Keep {
    eyes: true,
    mouth: true,
};

fn swap_of(source: SwapSource, keep: Keep, amount: f32) -> Effect {
    effect(
        Vec::new(),
        vec![NodeKind::FaceSwap { source, keep }],
        |face, out| {
            out.property(0, Property::Lighting.code(), 1.0);
            out.property(0, Property::Opacity.code(), face.constant(amount));
        },
    )
}

pub(crate) fn swap() -> Effect {
    swap_of(SwapSource::NextFace, BOTH, 1.0)
}

pub(crate) fn at(slot: usize, turn: Turn, place: [f32; 3]) -> Head {
    Head::new(SIZE, turn, place).in_slot(slot, slot as u64 + 1)
}

pub(crate) fn two() -> [Head; 2] {
    let turn = |yaw, roll| Turn {
        yaw,
        roll,
        ..Turn::default()
    };
    [
        at(0, turn(8.0, 0.0), [-75.0, 0.0, -400.0]),
        at(3, turn(-12.0, -8.0), [80.0, 10.0, -470.0]),
    ]
}

pub(crate) fn person(head: &Head, skin: [f32; 3]) -> Person {
    Person {
        head: head.clone(),
        skin,
        fringe: false,
        mole: None,
    }
}

/// As it comes in the first frame, where nothing has to set in gradually.
pub(crate) fn still(look: &moretta_render::LoadedEffect, heads: &[Head]) -> With {
    With {
        dt_s: 0.0,
        ..With::effect(look, heads)
    }
}

fn shown(rig: &Rig, picture: &Picture, look: &Effect, heads: &[Head]) -> Picture {
    rig.draw(&Take::of(picture), &still(&rig.load(look), heads))
        .unwrap()
}

pub(crate) fn pixel(picture: &Picture, head: &Head, landmark: usize) -> [u8; 4] {
    let [x, y] = head.px(landmark);
    picture.pixel(x as u32, y as u32)
}

/// The largest difference of a channel.
pub(crate) fn differ(a: [u8; 4], b: [u8; 4]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap()
}

/// How bright the cheeks are, but for the one with the mole, over how bright they were, by channel.
fn cheeks(before: &Picture, after: &Picture, head: &Head) -> [f32; 3] {
    let mean = |picture: &Picture, channel: usize| {
        let cheeks = CHEEKS.into_iter().filter(|it| *it != MOLE);
        cheeks
            .map(|it| f32::from(pixel(picture, head, it)[channel]))
            .sum::<f32>()
    };
    [0, 1, 2].map(|channel| mean(after, channel) / mean(before, channel))
}

#[track_caller]
fn assert_keeps_its_colours(before: &Picture, after: &Picture, heads: &[Head]) {
    for head in heads {
        let found = cheeks(before, after, head);
        assert!(
            found.iter().all(|it| (0.8..1.25).contains(it)),
            "slot {}: {found:?}",
            head.slot
        );
    }
}

/// How many pixels differ by more than `by`, and the mean of all differences.
pub(crate) fn differences(a: &Picture, b: &Picture, by: u8) -> (usize, f64) {
    let each = || a.pixels().iter().zip(b.pixels()).map(|(a, b)| differ(*a, *b));
    let sum: u64 = each().map(u64::from).sum();
    (
        each().filter(|it| *it > by).count(),
        sum as f64 / a.pixels().len() as f64,
    )
}

#[test]
fn two_faces_exchange_their_looks_and_keep_their_colours() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let mut everyone = [person(&heads[0], PALE), person(&heads[1], DARK)];
    everyone[0].mole = Some(MOLE);
    let before = persons(SIZE.0, SIZE.1, &everyone);
    let after = shown(&rig, &before, &swap(), &heads);
    check("swap-two", &after);
    assert_keeps_its_colours(&before, &after, &heads);
    // The mole goes from one to the other.
    let moles = |picture: &Picture| heads.each_ref().map(|head| has_mole(picture, head));
    assert_eq!(moles(&before), [true, false], "the control");
    assert_eq!(moles(&after), [false, true]);
}

/// Whether there is something much darker than right above it.
fn has_mole(picture: &Picture, head: &Head) -> bool {
    let [x, y] = head.px(MOLE).map(|it| it as u32);
    let away = (0.12 * (head.px(263)[0] - head.px(33)[0])) as u32;
    let level = |y: u32| u32::from(picture.pixel(x, y)[1]);
    level(y) * 2 < level(y - away)
}

#[test]
fn a_face_alone_wears_nothing() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    for source in [SwapSource::NextFace, SwapSource::FirstFace] {
        let look = swap_of(source, BOTH, 1.0);
        for alone in &heads {
            let after = shown(&rig, &before, &look, core::slice::from_ref(alone));
            assert_eq!(differences(&before, &after, 0).0, 0, "{source:?}");
        }
        let both = shown(&rig, &before, &look, &heads);
        assert!(differences(&before, &both, 8).0 > 500, "the control");
    }
    let none = shown(&rig, &before, &swap_of(SwapSource::NextFace, BOTH, 0.0), &heads);
    assert_eq!(differences(&before, &none, 0).0, 0, "an amount of 0");
}

#[test]
fn a_face_with_its_own_looks_stays_as_it_is() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: 20.0,
        pitch: 5.0,
        roll: 10.0,
    };
    // Two tracks of one face: each takes on what is there already.
    let heads = [0, 1].map(|slot| at(slot, turn, [0.0, 0.0, -300.0]));
    for (somebody, skin) in [PALE, DARK].into_iter().enumerate() {
        let heads = heads.each_ref().map(|head| {
            let id = head.id + 2 * somebody as u64;
            head.clone().in_slot(head.slot, id)
        });
        let before = persons(SIZE.0, SIZE.1, &[person(&heads[0], skin)]);
        let after = shown(&rig, &before, &swap(), &heads);
        let (far, mean) = differences(&before, &after, 3);
        assert!(far < 20 && mean < 0.2, "{far} pixels, {mean}");
    }
}

#[test]
fn exchanging_twice_brings_the_looks_back() {
    let Some(rig) = Rig::new() else { return };
    // Of one size, in one light and far away, so that they are seen from nearly the same side.
    let size = (960, 640);
    let heads = [-65.0, 65.0].map(|x: f32| {
        let slot = usize::from(x > 0.0);
        Head::new(size, Turn::default(), [x, 0.0, -900.0]).in_slot(slot, slot as u64 + 1)
    });
    let before = persons(
        size.0,
        size.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let once = shown(&rig, &before, &swap(), &heads);
    let twice = shown(&rig, &once, &swap(), &heads);
    for (above, below) in [(105, 52), (334, 282)] {
        let brow = |picture: &Picture, head: &Head| {
            let [a, b] = [above, below].map(|it| head.px(it));
            picture.pixel((0.5 * (a[0] + b[0])) as u32, (0.5 * (a[1] + b[1])) as u32)
        };
        let differ = |after: &Picture| {
            heads
                .each_ref()
                .map(|head| differ(brow(&before, head), brow(after, head)))
        };
        assert!(differ(&once).iter().all(|it| *it > 20), "the control");
        assert!(differ(&twice).iter().all(|it| *it < 10), "{:?}", differ(&twice));
    }
    // What is left are edges, drawn twice.
    let (changed, _) = differences(&before, &once, 16);
    let (left, mean) = differences(&before, &twice, 16);
    assert!(changed > 300, "the control: {changed}");
    assert!(left < changed && mean < 0.35, "{left} of {changed} left, {mean}");
}

#[test]
fn looks_go_round_among_three() {
    let Some(rig) = Rig::new() else { return };
    let heads = [
        at(1, Turn::default(), [-140.0, 0.0, -480.0]),
        at(4, Turn::default(), [0.0, 0.0, -480.0]),
        at(9, Turn::default(), [140.0, 0.0, -480.0]),
    ];
    let marked = |with_mole: usize| {
        let mut everyone = heads.each_ref().map(|head| person(head, PALE));
        everyone[with_mole].mole = Some(MOLE);
        persons(SIZE.0, SIZE.1, &everyone)
    };
    let has_mole = |picture: &Picture| heads.each_ref().map(|head| has_mole(picture, head));
    for (with_mole, expected) in [
        (0, [false, false, true]),
        (1, [true, false, false]),
        (2, [false, true, false]),
    ] {
        let before = marked(with_mole);
        let mut own = [false; 3];
        own[with_mole] = true;
        assert_eq!(has_mole(&before), own, "the control");
        assert_eq!(has_mole(&shown(&rig, &before, &swap(), &heads)), expected);
    }
    let first = swap_of(SwapSource::FirstFace, BOTH, 1.0);
    assert_eq!(has_mole(&shown(&rig, &marked(0), &first, &heads)), [true; 3]);
    assert_eq!(has_mole(&shown(&rig, &marked(1), &first, &heads)), [false; 3]);
}

#[test]
fn hair_stays_in_front_on_whomever_it_is() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    for fringed in [0, 1] {
        let mut everyone = [person(&heads[0], PALE), person(&heads[1], DARK)];
        everyone[fringed].fringe = true;
        let before = persons(SIZE.0, SIZE.1, &everyone);
        let after = shown(&rig, &before, &swap(), &heads);
        // Whose fringe it is keeps it; the other gets none, but has its own forehead.
        for (head, landmark) in heads
            .iter()
            .flat_map(|head| [10, 151, 67, 297].map(|it| (head, it)))
        {
            let (before, after) = (pixel(&before, head, landmark), pixel(&after, head, landmark));
            assert!(
                differ(before, after) < 20,
                "slot {}, {landmark}: {before:?}, {after:?}",
                head.slot
            );
        }
        // And the cheeks do not turn dark for it.
        assert_keeps_its_colours(&before, &after, &heads);
    }
}

#[test]
fn eyes_and_mouth_are_kept_or_not() {
    let Some(rig) = Rig::new() else { return };
    let heads = two().map(|head| {
        at(
            head.slot,
            Turn::default(),
            [if head.slot == 0 { -80.0 } else { 80.0 }, 0.0, -430.0],
        )
    });
    let mut before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], PALE)],
    );
    // One has green irises.
    let [x, y] = heads[0].px(468).map(|it| it as u32);
    let (width, height) = before.size();
    before = drawn(width, height, |u, v| {
        if u.abs_diff(x) < 3 && v.abs_diff(y) < 2 {
            [20, 200, 40, 255]
        } else {
            before.pixel(u, v)
        }
    });
    let green = |picture: &Picture, head: &Head| {
        let [red, green, ..] = pixel(picture, head, 468);
        u32::from(green) > u32::from(red) * 2
    };
    for (eyes, expected) in [(true, [true, false]), (false, [false, true])] {
        let look = swap_of(SwapSource::NextFace, Keep { eyes, mouth: true }, 1.0);
        let after = shown(&rig, &before, &look, &heads);
        assert_eq!(
            heads.each_ref().map(|head| green(&after, head)),
            expected,
            "{eyes}"
        );
    }
}

#[test]
fn who_turns_away_is_left_as_it_is() {
    let Some(rig) = Rig::new() else { return };
    let heads = |yaw: f32| {
        let turn = Turn {
            yaw,
            ..Turn::default()
        };
        [at(0, turn, [-80.0, 0.0, -430.0]), two()[1].clone()]
    };
    let changed = |yaw: f32| {
        let heads = heads(yaw);
        let before = persons(
            SIZE.0,
            SIZE.1,
            &[person(&heads[0], PALE), person(&heads[1], DARK)],
        );
        differences(&before, &shown(&rig, &before, &swap(), &heads), 6).0
    };
    assert!(changed(20.0) > 300, "the control");
    assert!(changed(52.0) < changed(20.0));
    assert_eq!(changed(65.0), 0);
    assert_eq!(changed(-65.0), 0);
}

#[test]
fn small_and_large_faces_swap() {
    let Some(rig) = Rig::new() else { return };
    let size = (1280, 720);
    // Some 40 and some 500 pixels wide.
    let heads = [
        Head::new(size, Turn::default(), [-62.0, 0.0, -240.0]).in_slot(0, 1),
        Head::new(size, Turn::default(), [1150.0, 150.0, -2600.0]).in_slot(1, 2),
    ];
    let widths = heads
        .each_ref()
        .map(|head| (head.px(454)[0] - head.px(234)[0]).abs());
    assert!(widths[0] > 430.0 && widths[1] < 50.0, "{widths:?}");
    let before = persons(
        size.0,
        size.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let after = shown(&rig, &before, &swap(), &heads);
    assert_keeps_its_colours(&before, &after, &heads);
    assert!(differences(&before, &after, 6).0 > 1000, "the control");
}

#[test]
fn nothing_outside_of_the_faces_changes() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let after = shown(&rig, &before, &swap(), &heads);
    let boxes = heads.each_ref().map(|head| {
        let along = |axis: usize| head.px.iter().map(move |it| it[axis]);
        [0, 1].map(|axis| {
            let low = along(axis).fold(f32::MAX, f32::min) - 1.0;
            (low, along(axis).fold(0.0, f32::max) + 1.0)
        })
    });
    for (x, y) in (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y))) {
        let within = |[across, down]: &[(f32, f32); 2]| {
            (across.0..across.1).contains(&(x as f32)) && (down.0..down.1).contains(&(y as f32))
        };
        if !boxes.iter().any(within) {
            assert_eq!(before.pixel(x, y), after.pixel(x, y), "{x}, {y}");
        }
    }
}

#[test]
fn anothers_looks_set_in_gradually() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let look = rig.load(&swap());
    let frame = |heads: &[Head]| {
        let after = rig.draw(&Take::of(&before), &With::effect(&look, heads)).unwrap();
        differences(&before, &after, 0).1
    };
    assert_eq!(frame(&heads[..1]), 0.0);
    let path: Vec<f64> = (0..12).map(|_| frame(&heads)).collect();
    assert_eq!(path[0], 0.0);
    assert!(path.windows(2).all(|pair| pair[0] <= pair[1] + 1e-3), "{path:?}");
    assert!(path[11] > 0.5 && path[3] < 0.8 * path[11], "{path:?}");
    // Somebody else in the other's slot begins anew; who stays, stays.
    let stranger = heads[1].clone().in_slot(3, 77);
    assert_eq!(frame(&[heads[0].clone(), stranger]), 0.0);
    // And where frames begin, everything is there at once.
    assert_eq!(frame(&[]), 0.0);
    let still = rig.draw(&Take::of(&before), &still(&look, &heads)).unwrap();
    assert!((differences(&before, &still, 0).1 - path[11]).abs() < 0.05);
}

#[test]
fn who_is_lost_for_a_frame_keeps_the_looks_that_he_gave() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let everyone = [person(&heads[0], PALE), person(&heads[1], DARK)];
    let both = persons(SIZE.0, SIZE.1, &everyone);
    let alone = persons(SIZE.0, SIZE.1, &everyone[..1]);
    let look = rig.load(&swap());
    // How much of the other's looks is seen on the face that is still there.
    let frame = |picture: &Picture, heads: &[Head], dt_s: f32| {
        let with = With {
            dt_s,
            ..With::effect(&look, heads)
        };
        let after = rig.draw(&Take::of(picture), &with).unwrap();
        let there = |x: u32, y: u32| f64::from(differ(picture.pixel(x, y), after.pixel(x, y)));
        let places = (0..SIZE.1).flat_map(|y| (0..SIZE.0 / 2).map(move |x| (x, y)));
        places.map(|(x, y)| there(x, y)).sum::<f64>()
    };
    let begin = || (0..30).fold(0.0, |_, _| frame(&both, &heads, 1.0 / 30.0));
    let whole = begin();
    assert!(whole > 1e4, "the control: {whole}");

    // A tracker misses him for a frame: nothing blinks.
    let missed = frame(&both, &heads[..1], 1.0 / 30.0);
    assert!((missed - whole).abs() < 0.05 * whole, "{missed}, {whole}");
    let found = frame(&both, &heads, 1.0 / 30.0);
    assert!((found - whole).abs() < 0.05 * whole, "{found}, {whole}");
    // For longer: the looks go, and do not jump.
    let path = [(); 5].map(|()| frame(&both, &heads[..1], 1.0 / 30.0) / whole);
    assert!(path[0] > 0.95 && (0.5..0.8).contains(&path[1]), "{path:?}");
    assert!((0.2..0.5).contains(&path[2]) && path[3..] == [0.0; 2], "{path:?}");

    // Where he was is a wall now: nothing of it comes on the face.
    begin();
    let left = frame(&alone, &heads[..1], 1.0 / 30.0);
    assert!(left < 0.01 * whole, "{left}, {whole}");
    // Somebody else in his slot is nobody who was lost; and a still begins anew.
    begin();
    assert_eq!(
        frame(
            &both,
            &[heads[0].clone(), heads[1].clone().in_slot(3, 77)],
            1.0 / 30.0
        ),
        0.0
    );
    begin();
    assert_eq!(frame(&both, &heads[..1], 0.0), 0.0);
}

#[test]
fn a_face_that_is_lost_for_a_frame_gives_its_place_to_nobody() {
    let Some(rig) = Rig::new() else { return };
    let heads = [
        at(1, Turn::default(), [-140.0, 0.0, -480.0]),
        at(4, Turn::default(), [0.0, 0.0, -480.0]),
        at(9, Turn::default(), [140.0, 0.0, -480.0]),
    ];
    let mut everyone = heads.each_ref().map(|head| person(head, PALE));
    everyone[2].mole = Some(MOLE);
    let before = persons(SIZE.0, SIZE.1, &everyone);
    let look = rig.load(&swap());
    let first_has_mole = |heads: &[Head]| {
        let after = rig.draw(&Take::of(&before), &With::effect(&look, heads)).unwrap();
        has_mole(&after, &heads[0])
    };
    (0..30).for_each(|_| assert!(!first_has_mole(&heads)));
    let without = [heads[0].clone(), heads[2].clone()];
    // The one after the one who was lost has a mole. In time it is his turn.
    let path: Vec<_> = (0..15).map(|_| first_has_mole(&without)).collect();
    assert!(path[..3] == [false; 3] && path[14], "{path:?}");
}

#[test]
fn colours_follow_the_light_without_a_jump() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let take = |skin: [f32; 3]| {
        Take::of(&persons(
            SIZE.0,
            SIZE.1,
            &[person(&heads[0], skin), person(&heads[1], DARK)],
        ))
    };
    let look = rig.load(&swap());
    let cheek = |take: &Take, dt_s: f32| {
        let with = With {
            dt_s,
            ..With::effect(&look, &heads)
        };
        i32::from(pixel(&rig.draw(take, &with).unwrap(), &heads[0], 50)[1])
    };
    let (dim, bright) = (take([170.0, 130.0, 115.0]), take(PALE));
    let settled = [cheek(&dim, 0.0), cheek(&bright, 0.0)];
    let first = cheek(&dim, 0.0);
    let path: Vec<_> = (0..40).map(|_| cheek(&bright, 1.0 / 30.0)).collect();
    assert_eq!(first, settled[0], "a first frame is settled at once");
    assert!(path[0] < settled[1] - 8, "{path:?}, {settled:?}");
    assert!(path.windows(2).all(|pair| pair[0] <= pair[1]), "{path:?}");
    assert!((path[39] - settled[1]).abs() <= 2, "{path:?}, {settled:?}");
}

/// A photo of a face with a mole, which fills most of it.
fn photo(skin: [f32; 3], size: (u32, u32)) -> (Take, Head) {
    let turn = Turn {
        yaw: -6.0,
        ..Turn::default()
    };
    let head = Head::new(size, turn, [0.0, 0.0, -260.0]);
    let sitter = Person {
        mole: Some(MOLE),
        ..person(&head, skin)
    };
    (Take::of(&persons(size.0, size.1, &[sitter])), head)
}

pub(crate) fn with_donors(
    look: &moretta_render::LoadedEffect,
    heads: &[Head],
    donors: &[(usize, u64)],
) -> With {
    With {
        donors: donors.to_vec(),
        ..still(look, heads)
    }
}

#[test]
fn faces_take_on_the_looks_of_photos_and_keep_their_colours() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let look = rig.load(&swap_of(SwapSource::Photo, BOTH, 1.0));
    let shown = |donors: &[(usize, u64)]| {
        rig.draw(&Take::of(&before), &with_donors(&look, &heads, donors))
            .unwrap()
    };
    assert_eq!(differences(&before, &shown(&[]), 0).0, 0, "nobody has one");
    assert_eq!(
        differences(&before, &shown(&[(0, 7), (3, 7)]), 0).0,
        0,
        "there is none"
    );

    // One that is as it is, and one that is made smaller for the device.
    for (size, key) in [((480, 480), 7), ((1900, 2000), 8)] {
        let (photo, head) = photo(DARK, size);
        rig.donate(key, &photo, &head).unwrap();
        let after = shown(&[(0, key), (3, key)]);
        if key == 7 {
            check("swap-photo", &after);
        }
        assert_keeps_its_colours(&before, &after, &heads);
        let moles = |picture: &Picture| heads.each_ref().map(|head| has_mole(picture, head));
        assert_eq!(moles(&before), [false, false], "the control");
        assert_eq!(moles(&after), [true, true], "{size:?}");
        assert_eq!(moles(&shown(&[(3, key)])), [false, true], "to each its own");
    }
    assert!(rig.take_back(7));
    assert!(!rig.take_back(7), "gone");
    assert_eq!(differences(&before, &shown(&[(0, 7), (3, 7)]), 0).0, 0);
    assert!(
        differences(&before, &shown(&[(0, 8)]), 8).0 > 500,
        "the other stays"
    );
    rig.veil.pause().unwrap();
    rig.veil.resume().unwrap();
    assert_eq!(
        differences(&before, &shown(&[(0, 8)]), 0).0,
        0,
        "gone with a pause"
    );
}

#[test]
fn a_face_takes_on_its_own_photo_nearly_unchanged() {
    let Some(rig) = Rig::new() else { return };
    let head = at(
        0,
        Turn {
            yaw: 8.0,
            ..Turn::default()
        },
        [-20.0, 0.0, -300.0],
    );
    let before = persons(SIZE.0, SIZE.1, &[person(&head, PALE)]);
    let look = rig.load(&swap_of(SwapSource::Photo, BOTH, 1.0));
    rig.donate(3, &Take::of(&before), &head).unwrap();
    let with = with_donors(&look, core::slice::from_ref(&head), &[(0, 3)]);
    let after = rig.draw(&Take::of(&before), &with).unwrap();
    let (far, mean) = differences(&before, &after, 4);
    assert!(far < 60 && mean < 0.25, "{far} pixels, {mean}");
}

#[test]
fn an_amount_lies_between_the_face_and_the_photo() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let before = persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    );
    let (photo, head) = photo(DARK, (480, 480));
    rig.donate(1, &photo, &head).unwrap();
    let shown = |amount: f32| {
        let look = rig.load(&swap_of(SwapSource::Photo, BOTH, amount));
        rig.draw(&Take::of(&before), &with_donors(&look, &heads, &[(0, 1)]))
            .unwrap()
    };
    let mole = |picture: &Picture| i32::from(pixel(picture, &heads[0], MOLE)[1]);
    let [none, half, whole] = [mole(&before), mole(&shown(0.5)), mole(&shown(1.0))];
    assert!(none > half + 15 && half > whole + 15, "{none}, {half}, {whole}");
}

#[test]
fn there_is_room_for_some_donors_and_no_more() {
    let Some(rig) = Rig::new() else { return };
    let (photo, head) = photo(PALE, (64, 64));
    for key in 0..moretta_render::MAX_DONORS as u64 {
        rig.donate(key, &photo, &head).unwrap();
    }
    let refused = rig.donate(99, &photo, &head).unwrap_err();
    assert!(matches!(
        refused,
        moretta_render::RenderError::TooManyDonors { expected: 8 }
    ));
    assert!(!rig.take_back(99) && rig.take_back(2));
    rig.donate(99, &photo, &head).unwrap();
}
