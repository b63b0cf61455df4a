//! Tables of colours.

use moretta_golden::Difference;
use moretta_pack::{Asset, Blend, Lut, NodeKind, Occlusion, Property, StickerSpace};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, noise, people, plain};
use crate::common::{Rig, Take, With, check, effect};

fn table(size: u32, of: impl Fn([f32; 3]) -> [f32; 3]) -> Lut {
    let step = |index: u32| index as f32 / (size - 1) as f32;
    let mut rgb = Vec::new();
    for blue in 0..size {
        for green in 0..size {
            for red in 0..size {
                rgb.push(of([step(red), step(green), step(blue)]));
            }
        }
    }
    Lut { size, rgb }
}

fn with_table(rig: &Rig, take: &Take, lut: Lut, strength: f32) -> moretta_golden::Picture {
    let look = effect(
        vec![Asset::Lut(lut)],
        vec![NodeKind::Lut { asset: 0 }],
        |face, out| {
            out.property(0, Property::Opacity.code(), face.constant(strength));
        },
    );
    rig.draw(take, &With::effect(&rig.load(&look), &[])).unwrap()
}

/// Every colour is met by chance, and opaque.
fn colours() -> Take {
    let noise = noise(256, 128, 77);
    Take::of(&drawn(256, 128, |x, y| {
        let [r, g, b, _] = noise.pixel(x, y);
        [r, g, b, 255]
    }))
}

#[test]
fn the_table_of_all_colours_changes_none() {
    let Some(rig) = Rig::new() else { return };
    let take = colours();
    let original = rig.draw(&take, &With::default()).unwrap();
    for size in [2, 3, 17, 33, 64] {
        let picture = with_table(&rig, &take, table(size, |rgb| rgb), 1.0);
        let apart = Difference::between(&original, &picture).unwrap();
        assert!(apart.largest <= 1, "{size}: {apart:?}");
    }
}

#[test]
fn each_channel_goes_where_the_table_sends_it() {
    let Some(rig) = Rig::new() else { return };
    let take = colours();
    let picture = with_table(&rig, &take, table(9, |[r, g, b]| [g, b, 1.0 - r]), 1.0);
    for (found, from) in picture.pixels().iter().zip(take.planes[0].as_chunks::<4>().0) {
        let [r, g, b, a] = *from;
        for (found, expected) in found.iter().zip([g, b, 255 - r, a]) {
            assert!(found.abs_diff(expected) <= 1, "{from:?}: {found}, not {expected}");
        }
    }
}

#[test]
fn between_entries_colours_lie_in_tetrahedra() {
    let Some(rig) = Rig::new() else { return };
    // Eight corners that no plane goes through.
    let corner = |[r, g, b]: [f32; 3]| {
        let sum = r + 2.0 * g + 4.0 * b;
        [sum / 7.0, (sum * 3.0 % 8.0) / 8.0, 0.5 * r * g + 0.5 * b]
    };
    let take = colours();
    let picture = with_table(&rig, &take, table(2, corner), 1.0);
    for (found, from) in picture.pixels().iter().zip(take.planes[0].as_chunks::<4>().0) {
        let at: [f32; 3] = core::array::from_fn(|channel| f32::from(from[channel]) / 255.0);
        // From black to white along the axes, the largest first.
        let mut axes = [0, 1, 2];
        axes.sort_by(|a, b| at[*b].total_cmp(&at[*a]));
        let mut place = [0.0; 3];
        let mut expected = corner(place).map(|it| it * (1.0 - at[axes[0]]));
        for (order, axis) in axes.into_iter().enumerate() {
            place[axis] = 1.0;
            let weight = at[axis] - axes.get(order + 1).map_or(0.0, |next| at[*next]);
            for (sum, number) in expected.iter_mut().zip(corner(place)) {
                *sum += weight * number;
            }
        }
        for (found, expected) in found.iter().zip(expected) {
            let expected = (expected.clamp(0.0, 1.0) * 255.0).round();
            assert!(
                (f32::from(*found) - expected).abs() <= 1.0,
                "{from:?}: {found}, not {expected}"
            );
        }
    }
}

#[test]
fn half_the_strength_is_half_the_way() {
    let Some(rig) = Rig::new() else { return };
    let take = Take::of(&drawn(8, 8, |_, _| [40, 80, 120, 255]));
    let inverted = || table(2, |[r, g, b]| [1.0 - r, 1.0 - g, 1.0 - b]);
    assert_eq!(
        with_table(&rig, &take, inverted(), 0.0).pixel(0, 0),
        [40, 80, 120, 255]
    );
    for (found, expected) in with_table(&rig, &take, inverted(), 0.5)
        .pixel(0, 0)
        .into_iter()
        .zip([128, 128, 128, 255])
    {
        assert!(found.abs_diff(expected) <= 1, "{found}");
    }
    assert_eq!(
        with_table(&rig, &take, inverted(), 1.0).pixel(0, 0),
        [215, 175, 135, 255]
    );
}

/// A table between stickers, with and without several samples a pixel.
#[test]
fn a_table_changes_what_is_behind_it_and_not_what_is_before_it() {
    let Some(rig) = Rig::new() else { return };
    for occlusion in [Occlusion::None, Occlusion::Face] {
        let sticker = NodeKind::Sticker {
            asset: 0,
            space: StickerSpace::Frame,
            occlusion,
            blend: Blend::Normal,
        };
        let look = effect(
            vec![
                Asset::Image(plain([200, 100, 50, 255])),
                Asset::Lut(table(2, |[r, g, b]| [b, g, r])),
            ],
            vec![
                sticker.clone(),
                NodeKind::Lut { asset: 1 },
                sticker.clone(),
                NodeKind::Lut { asset: 1 },
                sticker,
            ],
            |face, out| {
                for (node, x) in [(0, 10.0), (2, 30.0), (4, 50.0)] {
                    for (property, number) in [
                        (Property::X, x),
                        (Property::Y, 10.0),
                        (Property::Width, 10.0),
                        (Property::Height, 10.0),
                    ] {
                        out.property(node, property.code(), face.constant(number));
                    }
                }
            },
        );
        let head = Head::new((64, 64), Turn::default(), [0.0, -400.0, -900.0]);
        let take = Take::of(&drawn(64, 64, |_, _| [10, 20, 30, 255]));
        let picture = rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap();
        for (x, expected) in [
            (10, [200, 100, 50, 255]),
            (30, [50, 100, 200, 255]),
            (50, [200, 100, 50, 255]),
            (40, [10, 20, 30, 255]),
        ] {
            for (found, expected) in picture.pixel(x, 10).into_iter().zip(expected) {
                assert!(
                    found.abs_diff(expected) <= 1,
                    "{occlusion:?} at {x}: {:?}",
                    picture.pixel(x, 10)
                );
            }
        }
    }
}

#[test]
fn a_warm_table_looks_warm() {
    let Some(rig) = Rig::new() else { return };
    let head = Head::new((320, 240), Turn::default(), [0.0, 0.0, -400.0]);
    let take = Take::of(&people(320, 240, &[head]));
    let warm = table(17, |[r, g, b]| [r.powf(0.8), g.powf(0.95), b.powf(1.3)]);
    check("lut-warm", &with_table(&rig, &take, warm, 1.0));
}
