//! A dragon's breath.

use glam::Vec2;
use moretta_lang::Anchor;

use super::{Files, Studio, file};
use crate::fluid::{Fluid, Jet};
use crate::hair::between;
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

const CELL: usize = 192;
const CELLS: usize = 16;

/// The gas has more room than is seen, so that it does not run up against a wall.
const BOX: usize = 256;
const LEFT: usize = (BOX - CELL) / 2;

/// What the gas does: blown downwards and a little forwards, hot gas rises.
const JET: Jet = Jet {
    nozzle: Vec2::new(128.0, 18.0),
    half_width: 20.0,
    speed: Vec2::new(0.0, 4.6),
    spread: 0.5,
    rise: Vec2::new(0.0, -0.012),
    cooling: 0.984,
    swirl: 0.27,
};
const STEPS: usize = 5;
const START: usize = 170;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let fire = sheet();
    let mut stage = Stage::new(studio, super::EMBER, 0.0, 0.0, -34.0, 330.0);
    let sticker = Sticker {
        pivot: Vec2::new(0.5, 0.09),
        ..Sticker::new(super::anchor(Anchor::Mouth), 2.5)
    };
    let glow = glow();
    stage.paint(&glow, Mix::Screen, 0.8);
    for (column, row, size, rotation) in [(3, 0, 2.9, 13.0), (1, 2, 2.9, -13.0), (2, 3, 2.5, 0.0)] {
        let tongue = Sticker {
            size,
            rotation,
            ..sticker
        };
        stage.sticker(&fire.part(column * CELL, row * CELL, CELL, CELL), &tongue, 0.95);
    }
    Ok(vec![
        file("fire.png", fire.to_rough_png()?),
        file("glow.png", glow.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

/// The colour of gas by its heat, and how much of it is seen.
fn colour(heat: f32) -> [f32; 4] {
    let ramp = [
        (0.0, [0.55, 0.05, 0.01]),
        (0.25, [0.86, 0.16, 0.02]),
        (0.45, [1.0, 0.42, 0.05]),
        (0.65, [1.0, 0.70, 0.16]),
        (0.85, [1.0, 0.90, 0.48]),
        (1.0, [1.0, 0.98, 0.84]),
    ];
    // Few steps compress well, and nobody sees them in a flame.
    let heat = (heat * 80.0).round() / 80.0;
    let above = ramp
        .iter()
        .position(|(at, _)| *at >= heat)
        .unwrap_or(ramp.len() - 1)
        .max(1);
    let ((from, low), (to, high)) = (ramp[above - 1], ramp[above]);
    let [red, green, blue] = between(low, high, (heat - from) / (to - from));
    let alpha = ((heat - 0.05) / 0.38).clamp(0.0, 1.0);
    let alpha = alpha * alpha * (3.0 - 2.0 * alpha);
    [red * alpha, green * alpha, blue * alpha, alpha]
}

/// Sixteen pictures that run in a circle: the end is mixed with what was before the start.
fn sheet() -> Picture {
    let mut fluid = Fluid::new(BOX, 9);
    for _ in 0..START {
        fluid.step(&JET);
    }
    const MIXED: usize = 6;
    let mut frames: Vec<Vec<f32>> = Vec::new();
    for _ in 0..CELLS + MIXED {
        for _ in 0..STEPS {
            fluid.step(&JET);
        }
        frames.push(fluid.heat().to_vec());
    }
    let mut sheet = Picture::new(4 * CELL, 4 * CELL);
    for cell in 0..CELLS {
        let later = cell.saturating_sub(CELLS - MIXED);
        let part = later as f32 / MIXED as f32;
        let picture = Picture::from_fn(CELL, CELL, |x, y| {
            let at = y as usize * BOX + LEFT + x as usize;
            let heat = frames[cell + MIXED][at];
            let before = if later > 0 {
                frames[cell + MIXED - CELLS][at]
            } else {
                heat
            };
            let edge = x
                .min(CELL as f32 - x)
                .min(0.6 * (CELL as f32 - y))
                .min(1.1 * y - 6.0);
            colour((heat + (before - heat) * part) * ((edge - 2.0) / 22.0).clamp(0.0, 1.0))
        });
        sheet.lay(&picture, cell % 4 * CELL, cell / 4 * CELL);
    }
    sheet
}

/// The light of the fire on the lower face, in canonical UV.
fn glow() -> Picture {
    Picture::from_fn(256, 256, |x, y| {
        let away = (Vec2::new(x, y) / 256.0 - Vec2::new(0.5, 0.70)) / Vec2::new(0.42, 0.34);
        let light = (1.0 - away.length()).clamp(0.0, 1.0).powf(1.6);
        [light, 0.42 * light, 0.08 * light, light]
    })
}
