//! A handlebar moustache, hair by hair.

use core::f32::consts::PI;

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::{Files, Studio, file};
use crate::hair::{Lock, between, rgb};
use crate::preview::{Stage, Sticker};
use crate::rng::Rng;
use crate::solid::curve;
use crate::{Error, Picture};

const WIDTH: usize = 768;
const HEIGHT: usize = 320;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let moustache = moustache();
    let mut stage = Stage::new(studio, super::MINT, 0.0, 0.0, 2.0, 240.0);
    let sticker = Sticker {
        pivot: Vec2::new(0.5, 0.40),
        offset: Vec3::new(0.0, 0.0, 0.1),
        ..Sticker::new(
            super::anchor(Anchor::NoseBase).midpoint(super::anchor(Anchor::LipUpper)),
            1.75,
        )
    };
    stage.sticker(&moustache, &sticker, 1.0);
    Ok(vec![
        file("moustache.png", moustache.to_rough_png()?),
        file("preview.png", stage.preview()?),
    ])
}

fn moustache() -> Picture {
    let mut picture = Picture::new(WIDTH, HEIGHT);
    let mut rng = Rng::new(5);
    // The subject's right half, from under the nose to the curl, in half pixels.
    let points = [
        [796.0, 232.0],
        [660.0, 232.0],
        [540.0, 300.0],
        [410.0, 392.0],
        [276.0, 436.0],
        [150.0, 408.0],
        [88.0, 310.0],
        [112.0, 206.0],
        [190.0, 190.0],
    ]
    .map(|[x, y]| Vec3::new(x, y, 0.0));
    let right: Vec<Vec2> = curve(&points, 12).iter().map(|it| it.truncate() / 2.0).collect();
    let left: Vec<Vec2> = right
        .iter()
        .map(|it| Vec2::new(WIDTH as f32 - it.x, it.y))
        .collect();
    let thick = |along: f32| {
        let body = (along.min(0.36) / 0.36 * PI / 2.0).sin();
        let tail = 1.0 - ((along - 0.3).max(0.0) / 0.7).powf(0.8);
        let end = ((1.0 - along) / 0.12).min(1.0);
        (4.5 + 45.0 * (0.5 + 0.5 * body) * tail) * end.sqrt()
    };
    let [dark, brown, light] = [0x1d0f08, 0x5b361d, 0xd09a63].map(rgb);
    for (guide, upper) in [(&right, 1.0), (&left, -1.0)] {
        let colours = |across: f32, start: f32, rng: &mut Rng| {
            // Lit from above: the hairs lie on a roll.
            let high = across * upper;
            let lit = (1.0 - ((high - 0.42) / 0.62).powi(2)).max(0.0);
            let lit = lit * (0.55 + 0.45 * rng.unit()) * (1.0 - 0.25 * start);
            let body = between(dark, brown, 0.25 + 0.6 * lit + 0.2 * rng.about());
            vec![
                between(dark, body, 0.55),
                between(body, light, lit * 0.85),
                body,
                between(body, dark, 0.35),
            ]
        };
        Lock {
            guide,
            half_width: &thick,
            latest: 0.72,
            length: [0.24, 0.42],
            width: [1.5, 3.2],
            stray: 0.22,
            colours: &colours,
            opacity: 0.96,
        }
        .draw(&mut picture, &mut rng, 2600);
        // A few that do not lie.
        Lock {
            guide,
            half_width: &|along| thick(along) * 1.12,
            latest: 0.6,
            length: [0.14, 0.26],
            width: [0.9, 1.5],
            stray: 0.7,
            colours: &colours,
            opacity: 0.9,
        }
        .draw(&mut picture, &mut rng, 130);
    }
    picture
}
