//! Several faces, none, and what effects remember of them.

use moretta_lang::{Anchor, Program, Sprite};
use moretta_pack::{
    Asset, Blend, Effect, Faces, Fit, Node, NodeKind, Occlusion, Property, Quality, StickerSpace,
};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{arrow, drawn, people, plain};
use crate::common::{Rig, Take, With, check, effect};

const SIZE: (u32, u32) = (480, 320);

fn two() -> [Head; 2] {
    let left = Turn {
        yaw: 20.0,
        ..Turn::default()
    };
    let right = Turn {
        yaw: -25.0,
        roll: -8.0,
        ..Turn::default()
    };
    [
        Head::new(SIZE, left, [-60.0, 0.0, -400.0]).in_slot(0, 11),
        Head::new(SIZE, right, [75.0, 15.0, -560.0]).in_slot(3, 22),
    ]
}

fn forehead(asset: usize, faces: Faces) -> Node {
    Node {
        id: "forehead".to_owned(),
        faces,
        drawn: [true; 3],
        kind: NodeKind::Sticker {
            asset,
            space: StickerSpace::Head,
            occlusion: Occlusion::Face,
            blend: Blend::Normal,
        },
    }
}

/// A card before the face, for the faces that `faces` names.
fn cards(faces: Faces) -> Effect {
    let program = Program::record(|face, out| {
        let place = face.anchor_mm(Anchor::NoseTip);
        let forward = face.head_forward();
        out.property(0, Property::X.code(), place.x + forward.x * 12.0);
        out.property(0, Property::Y.code(), place.y + forward.y * 12.0);
        out.property(0, Property::Z.code(), place.z + forward.z * 12.0);
        out.property(0, Property::Width.code(), 60.0);
        out.property(0, Property::Height.code(), 60.0);
    })
    .unwrap();
    Effect {
        nodes: vec![forehead(0, faces)],
        ..Effect::recorded(program, vec![Asset::Image(arrow())])
    }
}

#[test]
fn two_faces_are_drawn_and_hide_each_others_stickers() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    let take = Take::of(&people(SIZE.0, SIZE.1, &heads));
    // So large that they reach behind the other head.
    let program = Program::record(|face, out| {
        let place = face.anchor_mm(Anchor::HeadCentre);
        out.property(0, Property::X.code(), place.x);
        out.property(0, Property::Y.code(), place.y);
        out.property(0, Property::Z.code(), place.z);
        out.property(0, Property::Width.code(), 260.0);
        out.property(0, Property::Height.code(), 260.0);
    });
    let look = Effect {
        nodes: vec![forehead(0, Faces::All)],
        ..Effect::recorded(program.unwrap(), vec![Asset::Image(arrow())])
    };
    let picture = rig.draw(&take, &With::effect(&rig.load(&look), &heads)).unwrap();
    check("faces-two", &picture);
}

/// How many pixels differ from the camera's, left and right of the middle.
fn changed(rig: &Rig, look: &Effect, heads: &[Head], quality: Quality) -> [usize; 2] {
    let take = Take::of(&people(SIZE.0, SIZE.1, &two()));
    let with = With {
        quality,
        ..With::effect(&rig.load(look), heads)
    };
    let picture = rig.draw(&take, &with).unwrap();
    let mut counts = [0; 2];
    for (at, (pixel, camera)) in picture
        .pixels()
        .iter()
        .zip(take.planes[0].as_chunks::<4>().0)
        .enumerate()
    {
        let right = at as u32 % SIZE.0 >= SIZE.0 / 2;
        counts[usize::from(right)] += usize::from(pixel != camera);
    }
    counts
}

#[test]
fn a_node_is_drawn_on_the_faces_that_it_names() {
    let Some(rig) = Rig::new() else { return };
    let heads = two();
    for (faces, left, right) in [
        (Faces::All, true, true),
        (Faces::First, true, false),
        (Faces::Slot(0), true, false),
        (Faces::Slot(3), false, true),
        (Faces::Slot(1), false, false),
    ] {
        let [l, r] = changed(&rig, &cards(faces), &heads, Quality::High);
        assert_eq!((l > 0, r > 0), (left, right), "{faces:?}");
    }
    // In whatever order they come.
    let turned = [heads[1].clone(), heads[0].clone()];
    let [l, r] = changed(&rig, &cards(Faces::First), &turned, Quality::High);
    assert_eq!((l > 0, r > 0), (true, false), "the lowest slot is the first");
}

#[test]
fn quality_limits_faces_and_nodes() {
    let Some(rig) = Rig::new() else { return };
    let mut look = cards(Faces::All);
    look.max_faces = [0, 1, 9];
    let heads = two();
    for (quality, left, right) in [
        (Quality::Low, false, false),
        (Quality::Medium, true, false),
        (Quality::High, true, true),
    ] {
        let [l, r] = changed(&rig, &look, &heads, quality);
        assert_eq!((l > 0, r > 0), (left, right), "{quality:?}");
    }
    let mut look = cards(Faces::All);
    look.nodes[0].drawn = [false, true, true];
    assert_eq!(changed(&rig, &look, &heads, Quality::Low), [0, 0]);
    assert_ne!(changed(&rig, &look, &heads, Quality::Medium), [0, 0]);
}

/// A grey frame with an overlay whose opacity the program computes; what is left of it in the middle.
fn overlay(record: impl for<'b> FnOnce(moretta_lang::Face<'b>) -> moretta_lang::Num<'b>) -> Effect {
    effect(
        vec![Asset::Image(plain([255, 255, 255, 255]))],
        vec![NodeKind::Overlay {
            asset: 0,
            fit: Fit::Stretch,
            blend: Blend::Normal,
        }],
        |face, out| out.property(0, Property::Opacity.code(), record(face)),
    )
}

fn black() -> Take {
    Take::of(&drawn(32, 24, |_, _| [0, 0, 0, 255]))
}

/// How opaque the overlay is, out of 100.
fn opacity(rig: &Rig, with: &With) -> u32 {
    let picture = rig.draw(&black(), with).unwrap();
    let level = f32::from(picture.pixel(16, 12)[0]) / 255.0;
    (100.0 * ((level + 0.055) / 1.055).max(0.0).powf(2.4)).round() as u32
}

fn small(slot: usize, id: u64) -> Head {
    Head::new((32, 24), Turn::default(), [0.0, 0.0, -500.0]).in_slot(slot, id)
}

#[test]
fn where_nobody_is_the_program_reads_zeros_and_only_the_frame_is_drawn() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&overlay(|face| {
        let nobody = face.faces().lt(0.5);
        let still = (face.anchor(Anchor::NoseTip).x + face.presence()).lt(0.5);
        (nobody & still).select(0.8, 0.3)
    }));
    assert_eq!(opacity(&rig, &With::effect(&look, &[])), 80);
    assert_eq!(opacity(&rig, &With::effect(&look, &[small(0, 1)])), 30);

    let sprites = Program::record(|face, out| {
        let middle = moretta_lang::P2 {
            x: face.constant(16.0),
            y: face.constant(12.0),
        };
        out.sprite(0, Sprite::new(middle, 10.0, 10.0));
    });
    let sprites = Effect::recorded(sprites.unwrap(), vec![Asset::Image(plain([255; 4]))]);
    let look = rig.load(&sprites);
    assert_eq!(
        opacity(&rig, &With::effect(&look, &[])),
        0,
        "sprites are of faces"
    );
    assert_eq!(opacity(&rig, &With::effect(&look, &[small(0, 1)])), 100);
}

#[test]
fn the_frame_takes_its_numbers_from_the_lowest_slot() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&overlay(|face| face.slot() * 0.1 + face.faces() * 0.01));
    let heads = [small(5, 1), small(2, 2), small(9, 3)];
    assert_eq!(opacity(&rig, &With::effect(&look, &heads)), 23);
}

/// An opacity that grows by a tenth in each frame.
fn counting() -> Effect {
    overlay(|face| face.state(0.0, |before| before + 0.1))
}

#[test]
fn what_is_remembered_lasts_as_long_as_the_face() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&counting());
    let frame = |heads: &[Head]| opacity(&rig, &With::effect(&look, heads));
    assert_eq!([0, 0, 0].map(|_| frame(&[small(0, 7)])), [10, 20, 30]);
    assert_eq!(frame(&[small(0, 8)]), 10, "another face in the slot");
    assert_eq!(frame(&[small(0, 8)]), 20, "the control");
    assert_eq!(frame(&[small(1, 8)]), 10, "another slot");
    assert_eq!(frame(&[]), 10, "nobody");
    assert_eq!(frame(&[small(0, 8)]), 10, "the veil has wiped all tracks");
}

#[test]
fn a_face_missing_beside_another_is_remembered_for_two_frames() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&counting());
    // The face in slot 0 is the frame's.
    let frame = |heads: &[Head]| opacity(&rig, &With::effect(&look, heads));
    for (missing, expected) in [(1, 30), (2, 30), (3, 10)] {
        let (first, other) = (small(0, 100 + missing), small(1, 200 + missing));
        let both = [first.clone(), other.clone()];
        assert_eq!([0, 0].map(|_| frame(&both)), [10, 20]);
        for _ in 0..missing {
            frame(std::slice::from_ref(&other));
        }
        assert_eq!(frame(&both), expected, "missing for {missing}");
        frame(&[]);
    }
}

#[test]
fn what_nobody_caused_outlasts_frames_without_a_face() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&counting());
    let frame = |heads: &[Head]| opacity(&rig, &With::effect(&look, heads));
    assert_eq!([0, 0, 0].map(|_| frame(&[])), [10, 20, 30]);
    assert_eq!(frame(&[small(0, 1)]), 10, "a face begins without a past");
    assert_eq!(frame(&[]), 10, "and so does the time after it");
    assert_eq!(frame(&[]), 20);
    rig.veil.pause().unwrap();
    rig.veil.resume().unwrap();
    assert_eq!(frame(&[]), 10, "a pause forgets all");
}

#[test]
fn another_effect_begins_without_a_past() {
    let Some(rig) = Rig::new() else { return };
    let (one, other) = (rig.load(&counting()), rig.load(&counting()));
    let frame = |look| opacity(&rig, &With::effect(look, &[small(0, 1)]));
    assert_eq!([frame(&one), frame(&one)], [10, 20]);
    assert_eq!([frame(&other), frame(&other)], [10, 20]);
    assert_eq!(frame(&one), 10);
    rig.draw(&black(), &With::default()).unwrap();
    assert_eq!(frame(&one), 10, "a frame without an effect forgets it");
}

#[test]
fn parameters_time_and_blendshapes_arrive() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&overlay(|face| {
        face.param(0) * 0.1
            + face.param(1)
            + face.time() * 0.01
            + face.blendshape(moretta_lang::Blendshape::JawOpen) * 0.2
    }));
    assert!(look.needs_blendshapes());
    let mut head = small(0, 1);
    let with = |head: &Head| With {
        params: vec![2.0, 0.3],
        time_s: 5.0,
        ..With::effect(&look, std::slice::from_ref(head))
    };
    assert_eq!(
        opacity(&rig, &with(&head)),
        55,
        "blendshapes that did not run are zeros"
    );
    let mut shapes = Box::new([0.0; 52]);
    shapes[moretta_lang::Blendshape::JawOpen.index() as usize] = 1.0;
    head.blendshapes = Some(shapes);
    assert_eq!(opacity(&rig, &with(&head)), 75);
}

#[test]
fn sixteen_faces_are_drawn_and_a_seventeenth_is_not() {
    let Some(rig) = Rig::new() else { return };
    let heads: Vec<_> = (0..20)
        .map(|slot| {
            let place = [
                (slot % 5) as f32 * 130.0 - 260.0,
                (slot / 5) as f32 * -140.0 + 200.0,
                -900.0,
            ];
            Head::new(SIZE, Turn::default(), place).in_slot(slot, slot as u64 + 1)
        })
        .collect();
    let take = Take::of(&drawn(SIZE.0, SIZE.1, |_, _| [40, 40, 40, 255]));
    let loaded = rig.load(&cards(Faces::All));
    assert_eq!(loaded.max_faces(Quality::High), 16);
    let picture = rig.draw(&take, &With::effect(&loaded, &heads)).unwrap();
    for head in &heads {
        let [x, y] = head.px(4);
        let red = (x as u32 - 6..x as u32).any(|x| picture.pixel(x, y as u32)[0] > 150);
        assert_eq!(red, head.slot < 16, "slot {}", head.slot);
    }
}
