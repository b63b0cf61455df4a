//! Another face's looks on faces of every kind: rolled, of every tone of skin, with beards.

use std::sync::atomic::{AtomicU64, Ordering};

use glam::Vec2;
use moretta_golden::Picture;
use moretta_pack::{Effect, Keep, NodeKind, Property, SwapSource};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, persons};
use crate::common::{Rig, Take, With, effect};
use crate::swaps::{PALE, SIZE, person, pixel};

/// From pale to dark, as the light falls on them.
const SKINS: [[f32; 3]; 6] = [
    [244.0, 212.0, 196.0],
    PALE,
    [206.0, 160.0, 128.0],
    [168.0, 118.0, 88.0],
    [120.0, 78.0, 58.0],
    [84.0, 54.0, 42.0],
];

/// Skin far inside of the face, at its forehead and at the outline.
const INSIDE: [usize; 6] = [50, 280, 205, 425, 4, 151];
const OUTSIDE: [usize; 6] = [187, 411, 210, 430, 108, 337];

/// With the other's colours made those of the face, or, as a plain paste, left as they are.
fn swap(matched: bool) -> Effect {
    let keep = Keep {
        eyes: true,
        mouth: true,
    };
    let source = SwapSource::NextFace;
    effect(Vec::new(), vec![NodeKind::FaceSwap { source, keep }], |_, out| {
        out.property(0, Property::Lighting.code(), if matched { 1.0 } else { 0.0 });
    })
}

fn shown(rig: &Rig, picture: &Picture, heads: &[Head], matched: bool) -> Picture {
    // Each picture shows people who were not seen before.
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let heads = heads.iter().map(|head| {
        head.clone()
            .in_slot(head.slot, NEXT.fetch_add(1, Ordering::Relaxed))
    });
    let heads: Vec<_> = heads.collect();
    let look = rig.load(&swap(matched));
    let with = With {
        dt_s: 0.0,
        ..With::effect(&look, &heads)
    };
    rig.draw(&Take::of(picture), &with).unwrap()
}

/// The mean colour at some landmarks of a face.
fn mean(picture: &Picture, head: &Head, landmarks: &[usize]) -> [f32; 3] {
    [0, 1, 2].map(|channel| {
        let sum: f32 = landmarks
            .iter()
            .map(|it| f32::from(pixel(picture, head, *it)[channel]))
            .sum();
        sum / landmarks.len() as f32
    })
}

/// By how much the colour of a face's skin has changed, in levels of 255: the largest difference of a channel's mean.
fn off(before: &Picture, after: &Picture, head: &Head, landmarks: &[usize]) -> f32 {
    let (before, after) = (mean(before, head, landmarks), mean(after, head, landmarks));
    let each = before.iter().zip(after);
    each.map(|(before, after)| (after - before).abs())
        .fold(0.0, f32::max)
}

fn two(rolls: [f32; 2]) -> [Head; 2] {
    let head = |slot: usize, x: f32| {
        let turn = Turn {
            yaw: 5.0,
            roll: rolls[slot],
            ..Turn::default()
        };
        Head::new(SIZE, turn, [x, 0.0, -420.0]).in_slot(slot, slot as u64 + 1)
    };
    [head(0, -85.0), head(1, 85.0)]
}

#[test]
fn every_tone_of_skin_stays_what_it_is() {
    let Some(rig) = Rig::new() else { return };
    let heads = two([0.0; 2]);
    for (at, first) in SKINS.into_iter().enumerate() {
        for (next, second) in SKINS.into_iter().enumerate().skip(at + 1) {
            let everyone = [person(&heads[0], first), person(&heads[1], second)];
            let before = persons(SIZE.0, SIZE.1, &everyone);
            let [after, pasted] = [true, false].map(|matched| shown(&rig, &before, &heads, matched));
            for (head, landmarks) in heads.iter().flat_map(|head| [(head, INSIDE), (head, OUTSIDE)]) {
                let found = off(&before, &after, head, &landmarks);
                assert!(found < 14.0, "{first:?}, {second:?}, slot {}: {found}", head.slot);
                let control = off(&before, &pasted, head, &landmarks);
                assert!(
                    next == at + 1 || control > 30.0,
                    "the control, a paste: {control}"
                );
            }
        }
    }
}

#[test]
fn rolled_faces_take_on_looks_as_upright_ones() {
    const MOLE: usize = 425;
    let Some(rig) = Rig::new() else { return };
    for rolls in [[0.0; 2], [90.0, 0.0], [0.0, 180.0], [-90.0, 135.0], [180.0; 2]] {
        let heads = two(rolls);
        let mut everyone = [person(&heads[0], PALE), person(&heads[1], SKINS[4])];
        let bare = persons(SIZE.0, SIZE.1, &everyone);
        everyone[0].mole = Some(MOLE);
        let before = persons(SIZE.0, SIZE.1, &everyone);
        let [bare_after, after] = [&bare, &before].map(|picture| shown(&rig, picture, &heads, true));
        // The mole goes to the other, wherever up is.
        let moles = |with: &Picture, without: &Picture| {
            heads.each_ref().map(|head| {
                let level = |picture| f32::from(pixel(picture, head, MOLE)[1]);
                level(with) < 0.8 * level(without)
            })
        };
        assert_eq!(moles(&before, &bare), [true, false], "the control");
        assert_eq!(moles(&after, &bare_after), [false, true], "{rolls:?}");
        let pasted = shown(&rig, &before, &heads, false);
        for head in &heads {
            let off = |after| off(&before, after, head, &[50, 280, 205, 4, 151]);
            assert!(
                off(&after) < 20.0,
                "{rolls:?}, slot {}: {}",
                head.slot,
                off(&after)
            );
            assert!(off(&pasted) > 40.0, "the control, a paste: {}", off(&pasted));
        }
    }
}

/// Hair on cheeks and chin, below the mouth and along the jaw.
fn beard(picture: &Picture, head: &Head, colour: [u8; 4]) -> Picture {
    let px = |landmark: usize| Vec2::from(head.px(landmark));
    let size = px(152).distance(px(10));
    let jaw = [172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397].map(px);
    let middle = px(4);
    // Inside of the outline.
    let jaw = jaw.map(|place| place.lerp(middle, 0.16));
    drawn(SIZE.0, SIZE.1, |x, y| {
        let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
        let near = jaw.iter().map(|it| it.distance(at)).fold(f32::MAX, f32::min);
        if near < 0.085 * size {
            colour
        } else {
            picture.pixel(x, y)
        }
    })
}

#[test]
fn beards_go_along_and_do_not_colour_cheeks() {
    let Some(rig) = Rig::new() else { return };
    let heads = two([0.0; 2]);
    for skins in [[PALE, SKINS[3]], [SKINS[5], SKINS[0]]] {
        let everyone = [person(&heads[0], skins[0]), person(&heads[1], skins[1])];
        let bare = persons(SIZE.0, SIZE.1, &everyone);
        for bearded in [0, 1] {
            let before = beard(&bare, &heads[bearded], [38, 28, 24, 255]);
            let [after, pasted] = [true, false].map(|matched| shown(&rig, &before, &heads, matched));
            for head in &heads {
                let off = |after| off(&before, after, head, &[50, 280, 4, 151, 101, 330]);
                assert!(
                    off(&after) < 10.0,
                    "{skins:?}, slot {}: {}",
                    head.slot,
                    off(&after)
                );
                assert!(off(&pasted) > 30.0, "the control, a paste: {}", off(&pasted));
            }
            let [own, others] = [bearded, 1 - bearded].map(|slot| {
                let chin = |picture| f32::from(pixel(picture, &heads[slot], 200)[1]);
                chin(&after) / chin(&before)
            });
            assert!(own > 1.3 && others < 0.8, "{skins:?}, {bearded}: {own}, {others}");
        }
    }
}
