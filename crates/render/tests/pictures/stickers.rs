//! Stickers, overlays and sprites.

use moretta_golden::Picture;
use moretta_lang::{Anchor, Face, Out, Program, Sprite};
use moretta_pack::{
    Asset, Blend, Effect, Fit, NodeKind, Occlusion, Property, SpriteSheet, StickerSpace, Texels,
};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{arrow, drawn, image, people, plain};
use crate::common::{Rig, Take, With, check, effect};

const SIZE: (u32, u32) = (480, 360);

fn flat(occlusion: Occlusion, blend: Blend) -> NodeKind {
    NodeKind::Sticker {
        asset: 0,
        space: StickerSpace::Frame,
        occlusion,
        blend,
    }
}

fn turned(occlusion: Occlusion) -> NodeKind {
    NodeKind::Sticker {
        asset: 0,
        space: StickerSpace::Head,
        occlusion,
        blend: Blend::Normal,
    }
}

/// Sets properties of a node to constants.
fn set<'b>(face: Face<'b>, out: Out<'b>, node: u32, numbers: &[(Property, f32)]) {
    for (property, number) in numbers {
        out.property(node, property.code(), face.constant(*number));
    }
}

/// A sticker of one colour on grey, drawn as `numbers` say, without anti-aliasing by the picture itself.
fn on_grey(rig: &Rig, colour: [u8; 4], blend: Blend, numbers: &[(Property, f32)]) -> Picture {
    let numbers = numbers.to_vec();
    let look = effect(
        vec![Asset::Image(plain(colour))],
        vec![flat(Occlusion::None, blend)],
        |face, out| set(face, out, 0, &numbers),
    );
    let grey = drawn(40, 40, |_, _| [100, 100, 100, 255]);
    let head = Head::new((40, 40), Turn::default(), [0.0, 0.0, -600.0]);
    rig.draw(&Take::of(&grey), &With::effect(&rig.load(&look), &[head]))
        .unwrap()
}

fn square(x: f32, y: f32, side: f32) -> Vec<(Property, f32)> {
    vec![
        (Property::X, x),
        (Property::Y, y),
        (Property::Width, side),
        (Property::Height, side),
    ]
}

#[test]
fn a_sticker_covers_the_pixels_that_it_should_and_no_others() {
    let Some(rig) = Rig::new() else { return };
    let quarter = core::f32::consts::FRAC_PI_2;
    for turn in [0.0, quarter, 2.0 * quarter, -quarter] {
        let mut numbers = square(20.0, 18.0, 10.0);
        numbers.push((Property::Rotation, turn));
        let picture = on_grey(&rig, [250, 10, 20, 255], Blend::Normal, &numbers);
        for (x, y) in (0..40).flat_map(|x| (0..40).map(move |y| (x, y))) {
            let inside = (15..25).contains(&x) && (13..23).contains(&y);
            let expected = if inside {
                [250, 10, 20, 255]
            } else {
                [100, 100, 100, 255]
            };
            assert_eq!(picture.pixel(x, y), expected, "{x}, {y}, turned by {turn}");
        }
    }
}

#[test]
fn an_edge_within_a_pixel_covers_its_share_in_linear_light() {
    let Some(rig) = Rig::new() else { return };
    let picture = on_grey(
        &rig,
        [255, 255, 255, 255],
        Blend::Normal,
        &square(20.5, 20.0, 10.0),
    );
    // Half of white's light and half of grey's: (1 + 0.1274) / 2 is 0.5637, in sRGB 197.
    for (x, expected) in [(14, 100), (15, 197), (16, 255), (24, 255), (25, 197), (26, 100)] {
        assert!(
            picture.pixel(x, 20)[0].abs_diff(expected) <= 1,
            "{x}: {:?}",
            picture.pixel(x, 20)
        );
    }
}

#[test]
fn blends_are_those_of_linear_light() {
    let Some(rig) = Rig::new() else { return };
    let linear = |level: f32| ((level / 255.0 + 0.055) / 1.055).powf(2.4);
    let level = |light: f32| (255.0 * (1.055 * light.clamp(0.0, 1.0).powf(1.0 / 2.4) - 0.055)).round() as u8;
    let (s, b) = (linear(180.0), linear(100.0));
    for (blend, whole) in [
        (Blend::Normal, s),
        (Blend::Multiply, s * b),
        (Blend::Screen, s + b - s * b),
        (Blend::Add, s + b),
    ] {
        for (alpha, opacity) in [(255, 1.0), (128, 1.0), (255, 0.25)] {
            let mut numbers = square(20.0, 20.0, 20.0);
            numbers.push((Property::Opacity, opacity));
            let picture = on_grey(&rig, [180, 180, 180, alpha], blend, &numbers);
            let share = f32::from(alpha) / 255.0 * opacity;
            let expected = level(whole * share + b * (1.0 - share));
            let [red, _, _, left] = picture.pixel(20, 20);
            assert!(
                red.abs_diff(expected) <= 1,
                "{blend:?}, {share}: {red}, not {expected}"
            );
            assert_eq!(left, 255);
        }
    }
}

#[test]
fn without_opacity_or_sides_nothing_is_drawn() {
    let Some(rig) = Rig::new() else { return };
    let untouched = on_grey(&rig, [250, 10, 20, 255], Blend::Normal, &[]);
    assert!(
        untouched
            .pixels()
            .iter()
            .all(|pixel| *pixel == [100, 100, 100, 255])
    );
    for change in [
        (Property::Opacity, 0.0),
        (Property::Opacity, -1.0),
        (Property::Width, 0.0),
        (Property::X, 1e30),
    ] {
        let mut numbers = square(20.0, 20.0, 10.0);
        numbers.push(change);
        let picture = on_grey(&rig, [250, 10, 20, 255], Blend::Normal, &numbers);
        assert_eq!(picture.rgba(), untouched.rgba(), "{change:?}");
    }
    let picture = on_grey(&rig, [250, 10, 20, 255], Blend::Normal, &square(20.0, 20.0, 10.0));
    assert_ne!(picture.rgba(), untouched.rgba(), "the control");
}

#[test]
fn a_flat_sticker_lies_over_the_face() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(
        SIZE,
        Turn {
            roll: 12.0,
            ..Turn::default()
        },
        [20.0, -20.0, -420.0],
    );
    let look = effect(
        vec![Asset::Image(arrow())],
        vec![flat(Occlusion::None, Blend::Normal)],
        |face, out| {
            let at = face.anchor(Anchor::Forehead);
            let side = face.eye_distance() * 1.2;
            out.property(0, Property::X.code(), at.x);
            out.property(0, Property::Y.code(), at.y);
            out.property(0, Property::Width.code(), side);
            out.property(0, Property::Height.code(), side);
            out.property(0, Property::Rotation.code(), -face.roll());
        },
    );
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
    check("sticker-flat", &picture);
}

/// A sheet of paper through the head, as wide as the frame is high.
fn sheet_at(anchor: Anchor, node: NodeKind, turn: Turn) -> (Effect, Head, Take) {
    let head = Head::new(SIZE, turn, [0.0, -20.0, -420.0]);
    let head_space = matches!(
        node,
        NodeKind::Sticker {
            space: StickerSpace::Head,
            ..
        }
    );
    let look = effect(vec![Asset::Image(arrow())], vec![node], move |face, out| {
        let place = face.anchor_mm(anchor);
        let at = face.anchor(anchor);
        if head_space {
            set(
                face,
                out,
                0,
                &[(Property::Width, 190.0), (Property::Height, 190.0)],
            );
            out.property(0, Property::X.code(), place.x);
            out.property(0, Property::Y.code(), place.y);
        } else {
            set(
                face,
                out,
                0,
                &[(Property::Width, 190.0), (Property::Height, 190.0)],
            );
            out.property(0, Property::X.code(), at.x);
            out.property(0, Property::Y.code(), at.y);
        }
        out.property(0, Property::Z.code(), place.z);
    });
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    (look, head, take)
}

#[test]
fn a_head_sticker_turns_with_the_head() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: 35.0,
        pitch: -10.0,
        roll: 10.0,
    };
    let (look, head, take) = sheet_at(Anchor::NoseTip, turned(Occlusion::None), turn);
    let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
    check("sticker-head", &picture);
}

#[test]
fn what_is_nearer_hides_a_sticker() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: 25.0,
        ..Turn::default()
    };
    for (name, node) in [
        ("sticker-head-occluded", turned(Occlusion::Face)),
        ("sticker-flat-occluded", flat(Occlusion::Face, Blend::Normal)),
    ] {
        let (look, head, take) = sheet_at(Anchor::EyesCentre, node, turn);
        let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
        check(name, &picture);
    }
}

#[test]
fn a_sticker_behind_the_head_is_hidden_by_all_of_it() {
    let Some(rig) = Rig::new() else { return };
    for (name, node) in [
        ("sticker-head-behind", turned(Occlusion::BehindHead)),
        ("sticker-flat-behind", flat(Occlusion::BehindHead, Blend::Normal)),
    ] {
        let (look, head, take) = sheet_at(Anchor::HeadTop, node, Turn::default());
        let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
        check(name, &picture);
    }
}

#[test]
fn a_frame_whose_effect_draws_nothing_is_the_cameras() {
    let Some(rig) = Rig::new() else { return };
    let (look, head, take) = sheet_at(Anchor::HeadTop, turned(Occlusion::Face), Turn::default());
    let loaded = rig.load(&look);
    let nobody = rig.draw(&take, &With::effect(&loaded, &[])).unwrap();
    assert_eq!(nobody.rgba(), take.planes[0]);
    let somebody = rig.draw(&take, &With::effect(&loaded, &[head])).unwrap();
    assert_ne!(somebody.rgba(), take.planes[0], "the control");
}

#[test]
fn what_is_beside_a_sticker_stays_bit_by_bit_with_several_samples_too() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), [0.0, 0.0, -420.0]);
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    for occlusion in [Occlusion::None, Occlusion::Face] {
        let look = effect(
            vec![Asset::Image(plain([255, 0, 0, 255]))],
            vec![flat(occlusion, Blend::Normal)],
            |face, out| set(face, out, 0, &square(30.0, 30.0, 20.0)),
        );
        let picture = rig
            .draw(&take, &With::effect(&rig.load(&look), &[head.clone()]))
            .unwrap();
        let mut changed = 0;
        for (x, y) in (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y))) {
            let at = (y * SIZE.0 + x) as usize * 4;
            let same = picture.pixel(x, y) == take.planes[0][at..at + 4];
            let inside = (20..40).contains(&x) && (20..40).contains(&y);
            assert!(same || inside, "{occlusion:?}: {x}, {y}");
            changed += usize::from(!same);
        }
        assert_eq!(changed, 400, "{occlusion:?}");
    }
}

/// Four cells of one colour each.
fn sheet() -> SpriteSheet {
    let colours = [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
        [255, 255, 0, 255],
    ];
    SpriteSheet {
        image: image(&drawn(16, 16, |x, y| colours[(x / 8 + y / 8 * 2) as usize])),
        columns: 2,
        rows: 2,
        count: 3,
    }
}

#[test]
fn a_cell_shows_none_of_its_neighbours() {
    let Some(rig) = Rig::new() else { return };
    let grey = Take::of(&drawn(40, 40, |_, _| [100, 100, 100, 255]));
    let head = Head::new((40, 40), Turn::default(), [0.0, 0.0, -600.0]);
    for (cell, colour) in [
        (0.0, [255, 0, 0, 255]),
        (1.9, [0, 255, 0, 255]),
        (2.0, [0, 0, 255, 255]),
        (3.0, [0, 0, 255, 255]),
        (-7.0, [255, 0, 0, 255]),
    ] {
        // From far larger than a cell to far smaller.
        for side in [36.0, 4.0] {
            let look = effect(
                vec![Asset::SpriteSheet(sheet())],
                vec![flat(Occlusion::None, Blend::Normal)],
                |face, out| {
                    let mut numbers = square(20.0, 20.0, side);
                    numbers.push((Property::Cell, cell));
                    set(face, out, 0, &numbers);
                },
            );
            let picture = rig
                .draw(&grey, &With::effect(&rig.load(&look), &[head.clone()]))
                .unwrap();
            let grey = [100, 100, 100, 255];
            for pixel in picture.pixels() {
                assert!(*pixel == colour || *pixel == grey, "{cell}, {side}: {pixel:?}");
            }
            assert_eq!(picture.pixel(20, 20), colour);
        }
    }
}

#[test]
fn sprites_of_a_recorded_effect_lie_over_all_nodes() {
    let Some(rig) = Rig::new() else { return };
    let program = Program::record(|face, out| {
        let at = face.anchor(Anchor::NoseTip);
        let side = face.eye_distance();
        out.sprite(0, Sprite::new(at, side, side).rotation(0.5).opacity(0.9));
        out.sprite(
            1,
            Sprite::new(face.anchor(Anchor::EyeLeft), side * 0.5, side * 0.5).cell(face.constant(2.0)),
        );
    })
    .unwrap();
    let look = Effect::recorded(program, vec![Asset::Image(arrow()), Asset::SpriteSheet(sheet())]);
    let head = Head::new(SIZE, Turn::default(), [-30.0, 0.0, -420.0]);
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
    check("sprites", &picture);
}

#[test]
fn an_overlay_fills_the_frame_in_three_ways() {
    let Some(rig) = Rig::new() else { return };
    // Twice as wide as high, over a frame twice as high as wide.
    let colours = drawn(
        16,
        8,
        |x, _| if x < 8 { [255, 0, 0, 255] } else { [0, 0, 255, 255] },
    );
    let take = Take::of(&drawn(20, 40, |_, _| [9, 9, 9, 255]));
    for (fit, left, right, above) in [
        (Fit::Stretch, true, true, true),
        (Fit::Contain, true, true, false),
        (Fit::Cover, true, true, true),
    ] {
        let look = effect(
            vec![Asset::Image(image(&colours))],
            vec![NodeKind::Overlay {
                asset: 0,
                fit,
                blend: Blend::Normal,
            }],
            |_, _| {},
        );
        let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[])).unwrap();
        let red = |x, y| picture.pixel(x, y)[0] > 200;
        let blue = |x, y| picture.pixel(x, y)[2] > 200;
        assert_eq!(red(2, 20), left, "{fit:?}");
        assert_eq!(blue(17, 20), right, "{fit:?}");
        assert_eq!(red(2, 2), above, "{fit:?}");
        // A picture that is cut is cut on both sides alike.
        let reds = (0..20).filter(|x| red(*x, 20)).count();
        let blues = (0..20).filter(|x| blue(*x, 20)).count();
        assert!(reds.abs_diff(blues) <= 1, "{fit:?}: {reds} and {blues}");
    }
}

#[test]
fn pictures_in_linear_numbers_are_taken_as_light() {
    let Some(rig) = Rig::new() else { return };
    let mut half = plain([128, 128, 128, 255]);
    half.texels = Texels::Linear;
    let look = effect(
        vec![Asset::Image(half)],
        vec![flat(Occlusion::None, Blend::Normal)],
        |face, out| set(face, out, 0, &square(20.0, 20.0, 10.0)),
    );
    let head = Head::new((40, 40), Turn::default(), [0.0, 0.0, -600.0]);
    let grey = Take::of(&drawn(40, 40, |_, _| [100, 100, 100, 255]));
    let picture = rig.draw(&grey, &With::effect(&rig.load(&look), &[head])).unwrap();
    assert_eq!(picture.pixel(20, 20), [188, 188, 188, 255]);
}
