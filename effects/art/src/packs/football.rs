//! A fan's paint for a team that does not exist: bars drawn with a dry brush, and a ball.

use glam::{Vec2, Vec3};

use super::{Files, Studio, file};
use crate::hair::{Hair, Rgb, between, rgb};
use crate::preview::Stage;
use crate::rng::Rng;
use crate::scene::Mix;
use crate::solid::curve;
use crate::{Error, Picture, face_map};

/// How many pixels the picture is wide and high, and that for each unit of a drawing.
const SIDE: usize = 832;
const SCALE: f32 = SIDE as f32 / face_map::SIDE as f32;

const BALL: usize = 143;

const TURQUOISE: u32 = 0x009fb8;
const WHITE: u32 = 0xfaf8f0;
const GOLD: u32 = 0xffb000;

/// A bar: its middle line in canonical UV of 1024 a side, half its width, its colour.
const BARS: [(&[[f32; 2]], f32, u32); 11] = [
    // The flag on the subject's right cheek.
    (
        &[[152.0, 486.0], [226.0, 468.0], [312.0, 474.0], [408.0, 502.0]],
        25.0,
        TURQUOISE,
    ),
    (
        &[[400.0, 554.0], [312.0, 528.0], [230.0, 522.0], [148.0, 540.0]],
        25.0,
        WHITE,
    ),
    (
        &[[158.0, 596.0], [232.0, 578.0], [308.0, 580.0], [388.0, 604.0]],
        25.0,
        GOLD,
    ),
    // Across the nose.
    (
        &[[440.0, 486.0], [476.0, 476.0], [548.0, 476.0], [584.0, 486.0]],
        17.0,
        WHITE,
    ),
    // On the left cheek, above and below the ball.
    (
        &[[626.0, 492.0], [706.0, 462.0], [800.0, 458.0], [874.0, 478.0]],
        20.0,
        TURQUOISE,
    ),
    (
        &[[858.0, 648.0], [786.0, 668.0], [714.0, 672.0], [654.0, 656.0]],
        19.0,
        GOLD,
    ),
    // The forehead.
    (
        &[
            [270.0, 226.0],
            [384.0, 190.0],
            [512.0, 180.0],
            [644.0, 190.0],
            [754.0, 226.0],
        ],
        22.0,
        TURQUOISE,
    ),
    (
        &[
            [714.0, 174.0],
            [616.0, 146.0],
            [512.0, 138.0],
            [408.0, 146.0],
            [310.0, 174.0],
        ],
        19.0,
        GOLD,
    ),
    // The chin.
    (
        &[[416.0, 846.0], [476.0, 862.0], [548.0, 862.0], [608.0, 846.0]],
        21.0,
        TURQUOISE,
    ),
    (
        &[[598.0, 894.0], [544.0, 906.0], [480.0, 906.0], [426.0, 894.0]],
        18.0,
        WHITE,
    ),
    (
        &[[444.0, 936.0], [488.0, 944.0], [536.0, 944.0], [580.0, 936.0]],
        13.0,
        GOLD,
    ),
];

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let paint = paint(studio)?;
    let mut stage = Stage::new(studio, super::MINT, 0.0, 0.0, 4.0, 240.0);
    stage.paint(&paint, Mix::Normal, 0.92);
    Ok(vec![
        file("paint.png", paint.to_rough_png()?),
        file("preview.png", stage.preview()?),
    ])
}

fn paint(studio: &Studio<'_>) -> Result<Picture, Error> {
    let mut whole = Picture::new(SIDE, SIDE);
    let mut rng = Rng::new(77);
    for (line, half_width, colour) in BARS {
        let points: Vec<Vec3> = line
            .iter()
            .map(|it| Vec3::new(it[0] * SCALE, it[1] * SCALE, 0.0))
            .collect();
        let guide: Vec<Vec2> = curve(&points, 14).iter().map(|it| it.truncate()).collect();
        bar(&mut whole, &guide, half_width * SCALE, rgb(colour), &mut rng);
    }
    // The ball is worn off in places like the rest.
    let ball = studio.sources.picture("ball", BALL, BALL)?;
    let (left, top) = (538, 392);
    let noise = Picture::from_fn(BALL, BALL, |x, y| {
        let worn = (0.55 + 0.45 * (x * 0.11 + 2.2 * (y * 0.05).sin()).sin())
            * (0.5 + 0.5 * (y * 0.9 + x * 0.16).sin());
        [0.0, 0.0, 0.0, 1.0 - 0.22 * worn]
    });
    let mut worn = ball;
    for (pixel, by) in worn.pixels.iter_mut().zip(&noise.pixels) {
        *pixel = pixel.map(|it| it * by[3]);
    }
    whole.lay(&worn, left, top);
    Ok(whole)
}

/// One stroke of a brush: bristles side by side, which start and end unevenly and run dry towards the end.
fn bar(picture: &mut Picture, guide: &[Vec2], half_width: f32, colour: Rgb, rng: &mut Rng) {
    let last = guide.len() - 1;
    let bristles = (half_width * 3.0) as usize;
    for layer in 0..3 {
        for bristle in 0..bristles {
            let across = (bristle as f32 + rng.unit()) / bristles as f32 * 2.0 - 1.0;
            let edge = 1.0 - across * across;
            // Round ends, ragged where the brush is lifted.
            let start = (0.035 * (1.0 - edge) + 0.02 * rng.unit()) * last as f32;
            let dry = 0.06 * rng.unit() + if rng.unit() < 0.3 { 0.22 * rng.unit() } else { 0.0 };
            let end = (1.0 - 0.05 * (1.0 - edge) - dry) * last as f32;
            let wave = rng.between(0.0, 6.0);
            let line: Vec<Vec2> = (0..=24)
                .map(|step| {
                    let at = start + (end - start) * step as f32 / 24.0;
                    let before = (at as usize).min(last - 1);
                    let point = guide[before].lerp(guide[before + 1], at - before as f32);
                    let side = (guide[before + 1] - guide[before]).normalize_or_zero().perp();
                    let wander = across + 0.03 * (step as f32 * 0.5 + wave).sin();
                    point + side * (wander * half_width)
                })
                .collect();
            let lit = 0.5 + 0.5 * rng.about();
            let shade = between(
                colour.map(|it| it * 0.82),
                colour.map(|it| (it * 1.04 + 0.03).min(1.0)),
                lit,
            );
            Hair {
                line,
                width: rng.between(1.2, 2.5),
                colours: vec![shade, shade],
                opacity: if layer == 0 { 0.95 } else { 0.6 },
                taper: 0.22,
            }
            .draw(picture);
        }
    }
}
