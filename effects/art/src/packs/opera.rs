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

/// The picture of the four strands at the sides, and that of the one at the chin.
const SIDES: [usize; 2] = [512, 560];
const CHIN: [usize; 2] = [256, 640];

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let face = studio.sources.face("opera", 1024)?;
    let (sides, chin) = (sides(), chin());
    let mut stage = Stage::new(studio, super::SAND, 0.0, 0.0, -12.0, 320.0);
    stage.paint(&face, Mix::Normal, 0.97);
    let under_lip = super::landmark(18).midpoint(super::landmark(200));
    let on_chin = Sticker {
        pivot: Vec2::new(0.5, 0.04),
        ..Sticker::new(under_lip, 0.8)
    };
    stage.sticker(&chin, &on_chin, 1.0);
    let on_lip = Sticker {
        pivot: Vec2::new(0.5, 0.1),
        ..Sticker::new(super::landmark(2).lerp(super::landmark(0), 0.6), 1.62)
    };
    stage.sticker(&sides, &on_lip, 1.0);
    Ok(vec![
        file("face.png", face.to_png()?),
        file("beard.png", sides.to_rough_png()?),
        file("beard-chin.png", chin.to_rough_png()?),
        file("preview.png", stage.preview()?),
    ])
}

/// A strand from each cheek, and one from each side of the upper lip. Each is many thin locks that wave on their own
/// and end unevenly.
fn sides() -> Picture {
    let mut picture = Picture::new(SIDES[0], SIDES[1]);
    let mut rng = Rng::new(23);
    let middle = SIDES[0] as f32 / 2.0;
    let cheek = [
        [52.0, 30.0],
        [48.0, 130.0],
        [60.0, 280.0],
        [80.0, 420.0],
        [96.0, 545.0],
    ];
    let lip = [
        [240.0, 58.0],
        [188.0, 60.0],
        [138.0, 92.0],
        [122.0, 186.0],
        [136.0, 330.0],
        [150.0, 480.0],
    ];
    for side in [1.0, -1.0] {
        strand(&mut picture, &cheek, side, middle, [17.0, 22.0], 26, &mut rng);
    }
    for side in [1.0, -1.0] {
        strand(&mut picture, &lip, side, middle, [11.0, 21.0], 30, &mut rng);
    }
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
        [60.0, 44.0],
        90,
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
