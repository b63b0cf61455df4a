//! Pictures on the skin.

use moretta_pack::{Asset, Blend, Exclude, NodeKind, Property};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, people, plain, war_paint};
use crate::common::{Rig, Take, With, check, effect};

const SIZE: (u32, u32) = (400, 400);
const NEAR: [f32; 3] = [0.0, 10.0, -330.0];

fn paint(blend: Blend, exclude: Exclude) -> NodeKind {
    NodeKind::FacePaint {
        asset: 0,
        exclude,
        blend,
    }
}

fn drawn_on(rig: &Rig, head: Head, node: NodeKind, asset: Asset, lighting: f32) -> moretta_golden::Picture {
    let look = effect(vec![asset], vec![node], |face, out| {
        out.property(0, Property::Lighting.code(), face.constant(lighting));
    });
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap()
}

const EYES_AND_MOUTH: Exclude = Exclude {
    eyes: true,
    mouth: true,
};

#[test]
fn paint_follows_the_face_and_leaves_eyes_and_mouth_free() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), NEAR);
    let asset = || Asset::Image(war_paint());
    let free = drawn_on(
        &rig,
        head.clone(),
        paint(Blend::Normal, EYES_AND_MOUTH),
        asset(),
        0.0,
    );
    check("paint-free", &free);
    let whole = drawn_on(&rig, head, paint(Blend::Normal, Exclude::default()), asset(), 0.0);
    check("paint-whole", &whole);
}

#[test]
fn paint_on_a_turned_face_ends_where_the_face_does() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: -50.0,
        pitch: 8.0,
        roll: 5.0,
    };
    let head = Head::new(SIZE, turn, NEAR);
    let picture = drawn_on(
        &rig,
        head,
        paint(Blend::Normal, EYES_AND_MOUTH),
        Asset::Image(war_paint()),
        0.0,
    );
    check("paint-turned", &picture);
}

#[test]
fn paint_takes_on_the_light_of_the_skin() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), NEAR);
    let white = || Asset::Image(plain([235, 235, 235, 255]));
    let node = || paint(Blend::Normal, EYES_AND_MOUTH);
    let lit = drawn_on(&rig, head.clone(), node(), white(), 1.0);
    check("paint-lit", &lit);
    let flat = drawn_on(&rig, head.clone(), node(), white(), 0.0);
    // The light of the scenery comes from the left.
    let level = |picture: &moretta_golden::Picture, landmark: usize| {
        let [x, y] = head.px(landmark);
        i32::from(picture.pixel(x as u32, y as u32)[1])
    };
    let (right_cheek, left_cheek) = (50, 280);
    assert!(
        (level(&flat, right_cheek) - level(&flat, left_cheek)).abs() <= 1,
        "the control"
    );
    assert!(level(&lit, right_cheek) - level(&lit, left_cheek) > 20);
}

#[test]
fn six_blends_against_the_cameras_picture() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), NEAR);
    let linear = |level: f64| {
        let level = level / 255.0;
        if level <= 0.04045 {
            level / 12.92
        } else {
            ((level + 0.055) / 1.055).powf(2.4)
        }
    };
    let encoded = |light: f64| {
        let light = light.clamp(0.0, 1.0);
        255.0
            * if light <= 0.003_130_8 {
                light * 12.92
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            }
    };
    let in_light = |blend: fn(f64, f64) -> f64| move |s: f64, b: f64| encoded(blend(linear(s), linear(b)));
    // W3C, Compositing and Blending Level 1, on numbers as they are.
    let overlay = |s: f64, b: f64| {
        let (s, b) = (s / 255.0, b / 255.0);
        255.0
            * if b <= 0.5 {
                2.0 * s * b
            } else {
                1.0 - 2.0 * (1.0 - s) * (1.0 - b)
            }
    };
    let soft_light = |s: f64, b: f64| {
        let (s, b) = (s / 255.0, b / 255.0);
        let d = if b <= 0.25 {
            ((16.0 * b - 12.0) * b + 4.0) * b
        } else {
            b.sqrt()
        };
        255.0
            * if s <= 0.5 {
                b - (1.0 - 2.0 * s) * b * (1.0 - b)
            } else {
                b + (2.0 * s - 1.0) * (d - b)
            }
    };
    let formulas: [(Blend, &dyn Fn(f64, f64) -> f64); 6] = [
        (Blend::Normal, &in_light(|s, _| s)),
        (Blend::Multiply, &in_light(|s, b| s * b)),
        (Blend::Screen, &in_light(|s, b| s + b - s * b)),
        (Blend::Add, &in_light(|s, b| s + b)),
        (Blend::Overlay, &overlay),
        (Blend::SoftLight, &soft_light),
    ];
    let colour = [210, 120, 30];
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    for (blend, formula) in formulas {
        let asset = Asset::Image(plain([colour[0], colour[1], colour[2], 255]));
        let picture = drawn_on(&rig, head.clone(), paint(blend, Exclude::default()), asset, 0.0);
        for landmark in [4, 151, 50, 280, 199] {
            let [x, y] = head.px(landmark).map(|at| at as usize);
            let at = (y * SIZE.0 as usize + x) * 4;
            for (channel, s) in colour.into_iter().enumerate() {
                let b = f64::from(take.planes[0][at + channel]);
                let expected = formula(f64::from(s), b);
                let found = f64::from(picture.pixel(x as u32, y as u32)[channel]);
                assert!(
                    (found - expected).abs() <= 2.0,
                    "{blend:?} at landmark {landmark}, channel {channel}: {found}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn paint_stays_on_the_face() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), NEAR);
    let picture = drawn_on(
        &rig,
        head.clone(),
        paint(Blend::Normal, Exclude::default()),
        Asset::Image(plain([0, 255, 0, 255])),
        0.0,
    );
    let green = |x: u32, y: u32| picture.pixel(x, y) == [0, 255, 0, 255];
    let [x, y] = head.px(4);
    assert!(green(x as u32, y as u32));
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    let low = head.px.iter().map(|it| it[0]).fold(f32::MAX, f32::min);
    let high = head.px.iter().map(|it| it[0]).fold(0.0, f32::max);
    for (x, y) in (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y))) {
        if (x as f32) < low - 1.0 || x as f32 > high + 1.0 {
            let at = (y * SIZE.0 + x) as usize * 4;
            assert_eq!(picture.pixel(x, y), take.planes[0][at..at + 4], "{x}, {y}");
        }
    }
}

#[test]
fn paint_is_not_sharper_than_its_outline() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new(SIZE, Turn::default(), NEAR);
    let black = Take::of(&drawn(SIZE.0, SIZE.1, |_, _| [0, 0, 0, 255]));
    let look = effect(
        vec![Asset::Image(plain([255, 255, 255, 255]))],
        vec![paint(Blend::Normal, Exclude::default())],
        |_, _| {},
    );
    let picture = rig
        .draw(&black, &With::effect(&rig.load(&look), &[head.clone()]))
        .unwrap();
    // Down from the hair the paint sets in gradually: no pixel has a third more of its light than the one above.
    let [x, top] = head.px(10).map(|at| at as u32);
    let row: Vec<_> = (top - 4..head.px(9)[1] as u32)
        .map(|y| (f32::from(picture.pixel(x, y)[0]) / 255.0).powf(2.2))
        .collect();
    let steps = row.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(steps.clone().all(|step| (0.0..0.34).contains(&step)), "{row:?}");
    assert_eq!((row[0], row[row.len() - 1]), (0.0, 1.0));
}
