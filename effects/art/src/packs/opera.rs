//! Guan Yu of the Beijing opera: a red face, and the beard he is called after.

use core::f32::consts::PI;

use glam::{Vec2, Vec3};

use super::{Files, Studio, file};
use crate::hair::{Lock, between, rgb};
use crate::preview::{Stage, Sticker};
use crate::rng::Rng;
use crate::scene::Mix;
use crate::solid::curve;
use crate::{Error, Picture};

/// The picture of the two strands at the lip, that of the one at the chin, and that of one before an ear.
const LIP: [usize; 2] = [384, 560];
const CHIN: [usize; 2] = [256, 640];
const CHEEK: [usize; 2] = [128, 480];

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let face = studio.sources.face("opera", 1024)?;
    let (lip, chin, cheek) = (lip(), chin(), cheek());
    let mut stage = Stage::new(studio, super::SAND, 0.0, 0.0, -12.0, 320.0);
    stage.paint(&face, Mix::Normal, 0.97);
    let under_lip = super::landmark(18).midpoint(super::landmark(200));
    let on_chin = Sticker {
        pivot: Vec2::new(0.5, 0.04),
        ..Sticker::new(under_lip, 0.86)
    };
    stage.sticker(&chin, &on_chin, 1.0);
    let on_lip = Sticker {
        pivot: Vec2::new(0.5, 0.1),
        ..Sticker::new(super::landmark(2).lerp(super::landmark(0), 0.6), 1.22)
    };
    for (at, rotation) in [([132, 192], -4.0), ([361, 416], 4.0)] {
        let at = super::landmark(at[0]).lerp(super::landmark(at[1]), 0.4);
        let before_ear = Sticker {
            pivot: Vec2::new(0.5, 0.04),
            rotation,
            ..Sticker::new(at, 0.42)
        };
        stage.sticker(&cheek, &before_ear, 1.0);
    }
    stage.sticker(&lip, &on_lip, 1.0);
    Ok(vec![
        file("face.png", face.to_png()),
        file("beard.png", lip.to_rough_png()),
        file("beard-chin.png", chin.to_rough_png()),
        file("beard-cheek.png", cheek.to_rough_png()),
        file("preview.png", stage.preview()),
    ])
}

/// A strand from each side of the upper lip. Each is many thin locks that wave on their own and end unevenly.
fn lip() -> Picture {
    let mut picture = Picture::new(LIP[0], LIP[1]);
    let mut rng = Rng::new(23);
    let middle = LIP[0] as f32 / 2.0;
    let line = [
        [176.0, 58.0],
        [124.0, 60.0],
        [72.0, 92.0],
        [52.0, 186.0],
        [62.0, 330.0],
        [80.0, 480.0],
    ];
    for side in [1.0, -1.0] {
        strand(&mut picture, &line, side, middle, [11.0, 25.0], 36, &mut rng);
    }
    picture
}

/// The strand before an ear.
fn cheek() -> Picture {
    let mut picture = Picture::new(CHEEK[0], CHEEK[1]);
    let line = [
        [64.0, 10.0],
        [62.0, 100.0],
        [64.0, 220.0],
        [66.0, 340.0],
        [64.0, 470.0],
    ];
    strand(
        &mut picture,
        &line,
        1.0,
        64.0,
        [12.0, 26.0],
        34,
        &mut Rng::new(25),
    );
    picture
}

/// The strand at the chin.
fn chin() -> Picture {
    let mut picture = Picture::new(CHIN[0], CHIN[1]);
    let middle = CHIN[0] as f32 / 2.0;
    let line = [
        [128.0, 12.0],
        [128.0, 130.0],
        [129.0, 310.0],
        [126.0, 480.0],
        [128.0, 630.0],
    ];
    strand(
        &mut picture,
        &line,
        1.0,
        middle,
        [34.0, 62.0],
        110,
        &mut Rng::new(24),
    );
    picture
}

/// A strand along `points`, mirrored in `middle` if `sides` is -1: `half` as wide at its root and in its middle.
fn strand(
    picture: &mut Picture,
    points: &[[f32; 2]],
    sides: f32,
    middle: f32,
    half: [f32; 2],
    locks: usize,
    rng: &mut Rng,
) {
    let points: Vec<Vec3> = points
        .iter()
        .map(|it| Vec3::new(middle + (it[0] - middle) * sides, it[1], 0.0))
        .collect();
    let guide: Vec<Vec2> = curve(&points, 16).iter().map(|it| it.truncate()).collect();
    let black = rgb(0x0b090b);
    let sheen = rgb(0x6a6470);
    for _ in 0..locks {
        // The places of locks are denser in the middle.
        let across = rng.about() * 0.72;
        let (phase, wave) = (rng.between(0.0, 6.0), rng.between(0.8, 2.2));
        let reach = (1.0 - 0.16 * across.abs() - 0.20 * rng.unit()) * (guide.len() - 1) as f32;
        let start = (rng.unit() * 0.045 * guide.len() as f32) as usize;
        let own: Vec<Vec2> = (start..=reach as usize)
            .map(|at| {
                let along = at as f32 / (guide.len() - 1) as f32;
                let side = (guide[(at + 1).min(guide.len() - 1)] - guide[at.saturating_sub(1)])
                    .normalize_or_zero()
                    .perp();
                let body = (along * PI).sin().max(0.0).sqrt();
                let width = half[0] + (half[1] - half[0]) * body * (1.0 - along * along);
                let width = width * (1.0 - 0.72 * along.powi(3));
                guide[at] + side * (across * width + wave * (phase + along * 9.0).sin() * along * 2.2)
            })
            .collect();
        // Light from the upper left runs down each strand.
        let lit = (1.0 - ((across * sides + 0.25) / 0.5).powi(2)).max(0.0);
        let colours = |_: f32, _: f32, rng: &mut Rng| {
            let lit = (0.15 + 0.85 * lit) * rng.unit();
            vec![
                between(black, sheen, lit * 0.25),
                between(black, sheen, lit * 0.9),
                between(black, sheen, lit * 0.4),
                black,
            ]
        };
        Lock {
            guide: &own,
            half_width: &|along| 4.6 * (1.0 - 0.8 * along),
            latest: 0.45,
            length: [0.4, 0.85],
            width: [0.8, 1.6],
            stray: 0.5,
            colours: &colours,
            opacity: 0.9,
        }
        .draw(picture, rng, 46);
    }
}
