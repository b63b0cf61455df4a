//! Each face with an effect of its own.

use moretta_golden::Picture;
use moretta_lang::{Anchor, Face, Num, Out, Program};
use moretta_pack::{Asset, Blend, Effect, Faces, Fit, Lut, Node, NodeKind};
use moretta_pack::{Exclude, Occluder, Occlusion, Property, Quality, StickerSpace};
use moretta_render::LoadedEffect;

use crate::common::face::{Head, Turn};
use crate::common::scenery::{arrow, drawn, material, model, people, plain, sphere, war_paint};
use crate::common::{Rig, Take, With, check, effect};

const SIZE: (u32, u32) = (480, 320);

/// One in the left half, one in the right, neither in the lowest slot.
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
        Head::new(SIZE, left, [-70.0, 0.0, -440.0]).in_slot(1, 11),
        Head::new(SIZE, right, [75.0, 15.0, -560.0]).in_slot(4, 22),
    ]
}

fn take() -> Take {
    Take::of(&people(SIZE.0, SIZE.1, &two()))
}

fn node(kind: NodeKind, faces: Faces) -> Node {
    Node {
        id: "node".to_owned(),
        faces,
        drawn: [true; 3],
        kind,
    }
}

fn sticker(occlusion: Occlusion) -> NodeKind {
    NodeKind::Sticker {
        asset: 0,
        space: StickerSpace::Head,
        occlusion,
        blend: Blend::Normal,
    }
}

/// Puts a square of `side_mm` before the nose, as node 0.
fn on_the_nose<'b>(face: Face<'b>, out: Out<'b>, side_mm: f32) {
    let (place, forward) = (face.anchor_mm(Anchor::NoseTip), face.head_forward());
    out.property(0, Property::X.code(), place.x + forward.x * 12.0);
    out.property(0, Property::Y.code(), place.y + forward.y * 12.0);
    out.property(0, Property::Z.code(), place.z + forward.z * 12.0);
    out.property(0, Property::Width.code(), side_mm);
    out.property(0, Property::Height.code(), side_mm);
}

/// A card of one colour before the nose.
fn card(colour: [u8; 4], faces: Faces) -> Effect {
    let program = Program::record(|face, out| on_the_nose(face, out, 50.0)).unwrap();
    Effect {
        nodes: vec![node(sticker(Occlusion::None), faces)],
        ..Effect::recorded(program, vec![Asset::Image(plain(colour))])
    }
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];

/// The colour of the card on the nose of each head, if one is there.
fn noses(rig: &Rig, with: &With) -> [Option<[u8; 4]>; 2] {
    let picture = rig.draw(&take(), with).unwrap();
    two().map(|head| {
        let [x, y] = head.px(4);
        let colour = picture.pixel(x as u32, y as u32);
        [RED, GREEN, BLUE].into_iter().find(|card| *card == colour)
    })
}

#[test]
fn each_slot_wears_its_own_and_the_others_what_everyone_wears() {
    let Some(rig) = Rig::new() else { return };
    let [red, green, blue] = [RED, GREEN, BLUE].map(|colour| rig.load(&card(colour, Faces::All)));
    let everyone = || With::effect(&red, &two());
    assert_eq!(noses(&rig, &everyone()), [Some(RED), Some(RED)]);
    assert_eq!(
        noses(&rig, &everyone().on(4, Some(&green))),
        [Some(RED), Some(GREEN)]
    );
    assert_eq!(
        noses(&rig, &everyone().on(4, Some(&green)).on(1, Some(&blue))),
        [Some(BLUE), Some(GREEN)]
    );
    assert_eq!(noses(&rig, &everyone().on(1, None)), [None, Some(RED)]);
    let nobody = || With {
        look: None,
        ..everyone()
    };
    assert_eq!(noses(&rig, &nobody().on(1, Some(&green))), [Some(GREEN), None]);
    assert_eq!(
        noses(&rig, &nobody().on(1, Some(&green)).on(4, Some(&green))),
        [Some(GREEN), Some(GREEN)],
        "the same on two"
    );
    assert_eq!(noses(&rig, &nobody()), [None, None], "the control");
    // In whatever order they come.
    let mut turned = nobody().on(1, Some(&green)).on(4, Some(&blue));
    turned.heads.reverse();
    assert_eq!(noses(&rig, &turned), [Some(GREEN), Some(BLUE)]);
}

#[test]
fn what_a_slot_without_a_face_wears_changes_nothing() {
    let Some(rig) = Rig::new() else { return };
    let (red, green) = (rig.load(&card(RED, Faces::All)), rig.load(&tinted(GREEN)));
    let with = With::effect(&red, &two());
    let alone = rig.draw(&take(), &with).unwrap();
    let beside = with.clone().on(0, Some(&green)).on(15, Some(&green));
    assert_eq!(rig.draw(&take(), &beside).unwrap().pixels(), alone.pixels());
    let worn = with.on(1, Some(&green));
    assert_ne!(
        rig.draw(&take(), &worn).unwrap().pixels(),
        alone.pixels(),
        "the control"
    );
}

/// Something of everything, with things that hide and are hidden.
fn rich() -> Effect {
    let identity = Lut {
        size: 2,
        rgb: (0..8)
            .map(|at| [at & 1, at >> 1 & 1, at >> 2].map(|it| (it as f32).powf(1.3)))
            .collect(),
    };
    let sphere = model(
        vec![sphere(30.0, [0.0; 3], 0)],
        vec![material([0.9, 0.6, 0.1, 1.0], 0.4, 0.4)],
    );
    effect(
        vec![
            Asset::Image(arrow()),
            Asset::Model(sphere),
            Asset::Lut(identity),
            Asset::Image(plain([20, 40, 90, 60])),
        ],
        vec![
            sticker(Occlusion::Face),
            NodeKind::FacePaint {
                asset: 0,
                exclude: Exclude::default(),
                blend: Blend::Multiply,
            },
            NodeKind::Lut { asset: 2 },
            NodeKind::Prop {
                asset: 1,
                occluder: Occluder::Head,
            },
            NodeKind::Overlay {
                asset: 3,
                fit: Fit::Cover,
                blend: Blend::Normal,
            },
        ],
        |face, out| {
            on_the_nose(face, out, 160.0);
            let top = face.anchor_mm(Anchor::HeadCentre);
            for (property, value) in [(Property::X, top.x), (Property::Y, top.y), (Property::Z, top.z)] {
                out.property(3, property.code(), value);
            }
            out.property(3, Property::Scale.code(), 3.0);
        },
    )
}

#[test]
fn one_effect_is_the_same_picture_whether_everyone_wears_it_or_the_only_slot() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&rich());
    let [one, _] = two();
    let one = std::slice::from_ref(&one);
    let everyone = rig.draw(&take(), &With::effect(&look, one)).unwrap();
    let own = With {
        look: None,
        ..With::effect(&look, one)
    };
    let own = rig.draw(&take(), &own.on(1, Some(&look))).unwrap();
    assert_eq!(own.pixels(), everyone.pixels());
    assert_ne!(&own.pixels().as_flattened(), &take().planes[0].as_slice());
}

#[test]
fn two_faces_with_two_effects() {
    let Some(rig) = Rig::new() else { return };
    // The first has a ball for a head, that reaches before the other's; the second is painted and has a card that
    // everything hides.
    let ball = {
        let ball = model(
            vec![sphere(100.0, [0.0, 20.0, -20.0], 0)],
            vec![material([0.9, 0.6, 0.1, 1.0], 0.4, 0.4)],
        );
        let prop = NodeKind::Prop {
            asset: 0,
            occluder: Occluder::Face,
        };
        effect(vec![Asset::Model(ball)], vec![prop], |face, out| {
            let place = face.anchor_mm(Anchor::HeadCentre);
            out.property(0, Property::X.code(), place.x);
            out.property(0, Property::Y.code(), place.y);
            out.property(0, Property::Z.code(), place.z);
        })
    };
    let painted = effect(
        vec![Asset::Image(arrow()), Asset::Image(war_paint())],
        vec![
            sticker(Occlusion::BehindHead),
            NodeKind::FacePaint {
                asset: 1,
                exclude: Exclude::default(),
                blend: Blend::Normal,
            },
        ],
        |face, out| {
            let place = face.anchor_mm(Anchor::HeadCentre);
            out.property(0, Property::X.code(), place.x);
            out.property(0, Property::Y.code(), place.y);
            out.property(0, Property::Z.code(), place.z);
            out.property(0, Property::Width.code(), 300.0);
            out.property(0, Property::Height.code(), 300.0);
        },
    );
    let with = With {
        heads: two().to_vec(),
        ..With::default()
    };
    let with = with
        .on(1, Some(&rig.load(&ball)))
        .on(4, Some(&rig.load(&painted)));
    check("wearers-two", &rig.draw(&take(), &with).unwrap());
}

#[test]
fn a_face_that_wears_nothing_hides_what_is_behind_it() {
    let Some(rig) = Rig::new() else { return };
    let near = Head::new(SIZE, Turn::default(), [0.0, 0.0, -400.0]).in_slot(0, 1);
    let far = Head::new(SIZE, Turn::default(), [30.0, 0.0, -800.0]).in_slot(1, 2);
    let far_card = rig.load(&Effect {
        nodes: vec![node(sticker(Occlusion::Face), Faces::All)],
        ..card(RED, Faces::All)
    });
    let [x, y] = far.px(4);
    let nose = |heads: &[Head], with: fn(With, &LoadedEffect) -> With| {
        let with = with(
            With {
                heads: heads.to_vec(),
                ..With::default()
            },
            &far_card,
        );
        let picture = rig
            .draw(&Take::of(&drawn(SIZE.0, SIZE.1, |_, _| [9, 9, 9, 255])), &with)
            .unwrap();
        picture.pixel(x as u32, y as u32)
    };
    let both = [near, far.clone()];
    assert_eq!(
        nose(&both, |with, card| with.on(1, Some(card))),
        [9, 9, 9, 255],
        "hidden"
    );
    assert_eq!(
        nose(&[far], |with, card| with.on(1, Some(card))),
        RED,
        "the control: it is there"
    );
}

/// A card before the nose, and an overlay of the same colour that takes half of the frame.
fn tinted(colour: [u8; 4]) -> Effect {
    effect(
        vec![Asset::Image(plain(colour))],
        vec![
            sticker(Occlusion::None),
            NodeKind::Overlay {
                asset: 0,
                fit: Fit::Stretch,
                blend: Blend::Normal,
            },
        ],
        |face, out| {
            on_the_nose(face, out, 50.0);
            out.property(1, Property::Opacity.code(), 0.5);
        },
    )
}

/// Which of red, green and blue the corner of the frame is tinted with, and whether the cards are.
fn tints(picture: &Picture) -> ([bool; 3], [bool; 2]) {
    let before = Picture::new(SIZE.0, SIZE.1, take().planes.swap_remove(0)).unwrap();
    let (was, is) = (before.pixel(3, 3), picture.pixel(3, 3));
    let corner = [0, 1, 2].map(|channel| is[channel] > was[channel].saturating_add(20));
    let cards = two().map(|head| {
        let [x, y] = head.px(4);
        let colour = picture.pixel(x as u32, y as u32);
        ![RED, GREEN, BLUE].contains(&colour)
    });
    (corner, cards)
}

#[test]
fn one_effect_alone_draws_on_the_frame() {
    let Some(rig) = Rig::new() else { return };
    let [red, green, blue] = [RED, GREEN, BLUE].map(|colour| rig.load(&tinted(colour)));
    let plain = rig.load(&card(RED, Faces::All));
    let seen = |with: With| tints(&rig.draw(&take(), &with).unwrap());
    let nobody = || With {
        heads: two().to_vec(),
        ..With::default()
    };
    let everyone = |look| With::effect(look, &two());
    // It lies over the cards of all faces, whoever wears it.
    let all = [true, true];
    assert_eq!(seen(everyone(&red)).0, [true, false, false]);
    assert_eq!(
        seen(everyone(&red).on(1, Some(&green)).on(4, Some(&blue))),
        ([true, false, false], all),
        "everyone's, even if no face wears it"
    );
    assert_eq!(
        seen(nobody().on(1, Some(&green)).on(4, Some(&blue))).0,
        [false, true, false],
        "the lowest slot's"
    );
    assert_eq!(
        seen(everyone(&plain).on(4, Some(&blue))),
        ([false, false, true], [true, false]),
        "of the one that has any"
    );
    assert_eq!(
        seen(nobody().on(0, Some(&green)).on(4, Some(&blue))).0,
        [false, false, true],
        "not of a slot without a face"
    );
    assert_eq!(
        seen(everyone(&plain).on(4, Some(&plain))),
        ([false; 3], [false; 2]),
        "the control"
    );
}

#[test]
fn a_table_of_colours_is_laid_over_what_other_faces_wear() {
    let Some(rig) = Rig::new() else { return };
    // Red becomes black.
    let table = Lut {
        size: 2,
        rgb: (0..8)
            .map(|at| [0.0, (at >> 1 & 1) as f32, (at >> 2) as f32])
            .collect(),
    };
    let table = effect(
        vec![Asset::Lut(table)],
        vec![NodeKind::Lut { asset: 0 }],
        |_, _| {},
    );
    let (table, red) = (rig.load(&table), rig.load(&card(RED, Faces::All)));
    let with = With {
        heads: two().to_vec(),
        ..With::default()
    };
    let picture = rig
        .draw(&take(), &with.on(1, Some(&table)).on(4, Some(&red)))
        .unwrap();
    let [x, y] = two()[1].px(4);
    assert_eq!(picture.pixel(x as u32, y as u32), [0, 0, 0, 255]);
}

#[test]
fn limits_and_first_count_those_that_wear_it() {
    let Some(rig) = Rig::new() else { return };
    let [first, fourth] = [Faces::First, Faces::Slot(4)].map(|faces| rig.load(&card(RED, faces)));
    let green = rig.load(&card(GREEN, Faces::All));
    let everyone = |look| With::effect(look, &two());
    assert_eq!(noses(&rig, &everyone(&first)), [Some(RED), None]);
    assert_eq!(
        noses(&rig, &everyone(&first).on(1, Some(&green))),
        [Some(GREEN), Some(RED)],
        "the first that wears it"
    );
    assert_eq!(
        noses(&rig, &everyone(&green).on(1, Some(&fourth))),
        [None, Some(GREEN)]
    );
    assert_eq!(
        noses(&rig, &everyone(&green).on(4, Some(&fourth))),
        [Some(GREEN), Some(RED)]
    );
    let mut one = card(RED, Faces::All);
    one.max_faces = [0, 1, 1];
    let one = rig.load(&one);
    assert_eq!(noses(&rig, &everyone(&one)), [Some(RED), None]);
    assert_eq!(
        noses(&rig, &everyone(&one).on(1, Some(&one))),
        [Some(RED), Some(RED)],
        "each look by itself"
    );
    let low = With {
        quality: Quality::Low,
        ..everyone(&one).on(1, Some(&green))
    };
    assert_eq!(noses(&rig, &low), [Some(GREEN), None]);
}

/// An overlay whose opacity `record` computes, and `more` states that nobody sees.
fn overlay(more: usize, record: impl for<'b> FnOnce(Face<'b>) -> Num<'b>) -> Effect {
    effect(
        vec![Asset::Image(plain([255; 4]))],
        vec![NodeKind::Overlay {
            asset: 0,
            fit: Fit::Stretch,
            blend: Blend::Normal,
        }],
        move |face, out| {
            let seen = record(face);
            // Only what reaches a draw is kept.
            let unseen = (0..more).fold(seen * 0.0, |sum, _| {
                sum + face.state(5.0, |before| before + 1.0) * 0.0
            });
            out.property(0, Property::Opacity.code(), seen + unseen);
        },
    )
}

/// An opacity that grows by a tenth in each frame.
fn counting(more: usize) -> Effect {
    overlay(more, |face| face.state(0.0, |before| before + 0.1))
}

fn small(slot: usize, id: u64) -> Head {
    Head::new((32, 24), Turn::default(), [0.0, 0.0, -500.0]).in_slot(slot, id)
}

/// How opaque the overlay is, out of 100.
fn opacity(rig: &Rig, with: &With) -> u32 {
    let black = Take::of(&drawn(32, 24, |_, _| [0, 0, 0, 255]));
    let picture = rig.draw(&black, with).unwrap();
    let level = f32::from(picture.pixel(16, 12)[0]) / 255.0;
    (100.0 * ((level + 0.055) / 1.055).max(0.0).powf(2.4)).round() as u32
}

#[test]
fn a_change_on_one_slot_leaves_what_the_others_remember() {
    let Some(rig) = Rig::new() else { return };
    let counts = rig.load(&counting(0));
    // None has an overlay, so that the counter is seen; each has more states than the one before.
    let others = [0, 1, 40].map(|states| {
        let program = Program::record(|face, out| {
            let sum = (0..states).fold(face.constant(0.0), |sum, _| sum + face.state(1.0, |it| it + 1.0));
            out.property(0, Property::Opacity.code(), sum * 0.0);
        });
        rig.load(&Effect::recorded(program.unwrap(), Vec::new()))
    });
    let heads = [small(2, 1), small(9, 2)];
    let frame = |other: Option<&LoadedEffect>| {
        let with = With {
            heads: heads.to_vec(),
            ..With::default()
        };
        opacity(&rig, &with.on(9, Some(&counts)).on(2, other))
    };
    assert_eq!(frame(None), 10);
    assert_eq!(
        [&others[0], &others[1], &others[2], &others[0]].map(|other| frame(Some(other))),
        [20, 30, 40, 50]
    );
    // The same for the slot below it: everyone's effect changes.
    let everyone = |look: &LoadedEffect| opacity(&rig, &With::effect(look, &heads).on(9, Some(&counts)));
    assert_eq!([everyone(&others[1]), everyone(&others[2])], [60, 70]);
}

#[test]
fn another_effect_on_a_slot_begins_without_a_past() {
    let Some(rig) = Rig::new() else { return };
    let (one, other) = (rig.load(&counting(0)), rig.load(&counting(3)));
    let frame = |own: Option<&LoadedEffect>| {
        let with = With {
            heads: vec![small(1, 7)],
            ..With::default()
        };
        opacity(&rig, &with.on(1, own))
    };
    assert_eq!([Some(&one), Some(&one)].map(frame), [10, 20]);
    assert_eq!([Some(&other), Some(&other)].map(frame), [10, 20]);
    assert_eq!([Some(&one), None, Some(&one)].map(frame), [10, 0, 10]);
    // Who wears the same as before goes on, be it everyone's or its own.
    assert_eq!(opacity(&rig, &With::effect(&one, &[small(1, 7)])), 20);
    assert_eq!(
        opacity(&rig, &With::effect(&one, &[small(1, 8)])),
        10,
        "the control"
    );
}

#[test]
fn two_slots_with_one_effect_remember_each_for_itself() {
    let Some(rig) = Rig::new() else { return };
    let counts = rig.load(&counting(0));
    let (first, second) = (small(0, 1), small(1, 2));
    let frame = |heads: &[Head]| {
        let with = With {
            heads: heads.to_vec(),
            ..With::default()
        };
        opacity(&rig, &with.on(0, Some(&counts)).on(1, Some(&counts)))
    };
    let alone = [second.clone()];
    assert_eq!([frame(&alone), frame(&alone), frame(&alone)], [10, 20, 30]);
    assert_eq!(frame(&[first, second]), 10, "the lowest slot's, which is new");
    assert_eq!(frame(&alone), 50, "the other has counted on");
}

#[test]
fn where_no_face_wears_what_everyone_wears_it_sees_nobody() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&overlay(0, |face| {
        let nobody = face.faces().lt(0.5) & face.presence().lt(0.5);
        nobody.select(0.8, face.faces() * 0.1)
    }));
    let bare = rig.load(&effect(Vec::new(), Vec::new(), |_, _| {}));
    let heads = [small(0, 1), small(3, 2)];
    let with = || With::effect(&look, &heads);
    assert_eq!(opacity(&rig, &with()), 20);
    assert_eq!(
        opacity(&rig, &with().on(0, Some(&bare))),
        20,
        "all that are in sight"
    );
    assert_eq!(opacity(&rig, &with().on(0, None).on(3, Some(&bare))), 80);
    assert_eq!(opacity(&rig, &With::effect(&look, &[])), 80);
}

#[test]
fn sixteen_faces_wear_sixteen_effects() {
    let Some(rig) = Rig::new() else { return };
    let colours: Vec<[u8; 4]> = (0..16u8)
        .map(|slot| [slot * 16, 255 - slot * 16, (slot % 4) * 80, 255])
        .collect();
    let heads: Vec<_> = (0..16)
        .map(|slot| {
            let place = [
                (slot % 4) as f32 * 130.0 - 195.0,
                (slot / 4) as f32 * -130.0 + 195.0,
                -900.0,
            ];
            Head::new(SIZE, Turn::default(), place).in_slot(slot, slot as u64 + 1)
        })
        .collect();
    let mut with = With {
        heads: heads.clone(),
        ..With::default()
    };
    for (slot, colour) in colours.iter().enumerate() {
        with = with.on(slot, Some(&rig.load(&card(*colour, Faces::All))));
    }
    let take = Take::of(&drawn(SIZE.0, SIZE.1, |_, _| [40, 40, 40, 255]));
    let picture = rig.draw(&take, &with).unwrap();
    for (head, colour) in heads.iter().zip(&colours) {
        let [x, y] = head.px(4);
        let found = picture.pixel(x as u32, y as u32);
        let differs = found.iter().zip(colour).any(|(a, b)| a.abs_diff(*b) > 1);
        assert!(!differs, "slot {}: {found:?}, not {colour:?}", head.slot);
    }
}
