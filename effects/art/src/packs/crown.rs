//! A crown of light: a diadem of dots, and sparkles that go round the head.

use core::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::{Error, Picture};

const CELL: usize = 128;
const CELLS: usize = 16;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let sparkle = sheet();
    let diadem = diadem();
    let mut stage = Stage::new(studio, super::NIGHT, 0.0, 0.0, 42.0, 290.0);
    let forehead = super::anchor(Anchor::Forehead);
    let sticker = Sticker {
        offset: Vec3::new(0.0, 0.42, 0.2),
        pivot: Vec2::new(0.5, 0.72),
        ..Sticker::new(forehead, 2.6)
    };
    stage.sticker(&diadem, &sticker, 1.0);
    for (number, cell) in [5, 6, 3, 7, 4, 6, 8, 5, 6, 7].into_iter().enumerate() {
        let turn = number as f32 / 10.0 * TAU;
        let sticker = Sticker {
            offset: Vec3::new(
                1.5 * turn.sin(),
                1.42 + 0.1 * (turn * 3.0).sin(),
                1.75 * turn.cos(),
            ),
            hidden: true,
            ..Sticker::new(super::anchor(Anchor::HeadCentre), 0.85)
        };
        stage.sticker(
            &sparkle.part(cell % 4 * CELL, cell / 4 * CELL, CELL, CELL),
            &sticker,
            1.0,
        );
    }
    Ok(vec![
        file("sparkle.png", sparkle.to_png()?),
        file("diadem.png", diadem.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

/// The light of a star of four rays: 1 in its middle. `reach` is how long the rays are.
pub(super) fn star(at: Vec2, reach: f32) -> f32 {
    let far = at.length() / reach;
    let core = (-far * far * 38.0).exp();
    let ray = |along: f32, across: f32| {
        let along = (along.abs() / reach).min(1.0);
        let thin = across.abs() / (reach * (0.055 * (1.0 - along) + 0.004));
        (1.0 - along).powi(2) * (-thin * thin).exp()
    };
    let turned = Vec2::new(at.x + at.y, at.y - at.x) * core::f32::consts::FRAC_1_SQRT_2;
    let small = 1.9;
    core + ray(at.x, at.y)
        + ray(at.y, at.x)
        + 0.5 * (ray(turned.x * small, turned.y * small) + ray(turned.y * small, turned.x * small))
        + 0.22 * (-far * far * 7.0).exp()
}

/// A pixel of `light` in a tint: white where it is bright.
pub(super) fn glow(light: f32, tint: [f32; 3]) -> [f32; 4] {
    let alpha = 1.0 - (-1.6 * light).exp();
    let white = (1.3 * light - 0.2).clamp(0.0, 1.0);
    let [red, green, blue] = tint.map(|it| (it + (1.0 - it) * white) * alpha);
    [red, green, blue, alpha]
}

pub(super) const GOLD: [f32; 3] = [1.0, 0.70, 0.22];

/// A sparkle that flares up, turns a little, and dies down.
fn sheet() -> Picture {
    let mut sheet = Picture::new(4 * CELL, 4 * CELL);
    for cell in 0..CELLS {
        let time = cell as f32 / CELLS as f32;
        let life = (time * PI).sin().powf(1.2);
        let reach = 60.0 * (0.25 + 0.75 * life);
        let turn = Vec2::from_angle((time - 0.5) * 0.5);
        let picture = Picture::from_fn(CELL, CELL, |x, y| {
            let at = Vec2::new(x, y) - CELL as f32 / 2.0;
            // Nothing reaches the edge of the cell.
            let fade = (1.0 - at.length() / 62.0).clamp(0.0, 1.0).powf(0.5);
            glow(1.35 * star(turn.rotate(at), reach) * life * fade, GOLD)
        });
        sheet.lay(&picture, cell % 4 * CELL, cell / 4 * CELL);
    }
    sheet
}

/// A diadem as seen from the front: two lines of beads that rise to five peaks, with a star on each.
fn diadem() -> Picture {
    const WIDTH: usize = 896;
    const HEIGHT: usize = 448;
    // The brow line is an arc: the diadem goes round the head.
    let ring = |across: f32| 330.0 - 58.0 * (1.0 - across * across);
    let peak = |across: f32| {
        let wave = (across * 2.5 * PI).cos().abs().powf(1.3);
        wave * (190.0 - 118.0 * across.abs().powf(1.2))
    };
    let x = |across: f32| WIDTH as f32 / 2.0 + 400.0 * (across * 1.18).sin() / 1.18_f32.sin();
    let mut beads: Vec<(Vec2, f32, f32)> = Vec::new();
    for step in 0..=110 {
        let across = step as f32 / 55.0 - 1.0;
        let fade = (1.0 - across.abs().powi(4)) * 0.9 + 0.1;
        beads.push((Vec2::new(x(across), ring(across)), 4.6, 1.25 * fade));
        beads.push((
            Vec2::new(x(across), ring(across) - peak(across) - 14.0),
            4.0,
            1.1 * fade,
        ));
        if step % 2 == 0 {
            beads.push((
                Vec2::new(x(across), ring(across) - 0.45 * peak(across) - 7.0),
                2.8,
                0.8 * fade,
            ));
        }
    }
    let tops: Vec<(Vec2, f32)> = [-0.8, -0.4, 0.0, 0.4, 0.8]
        .iter()
        .map(|across: &f32| {
            let size = 96.0 - 46.0 * across.abs();
            (Vec2::new(x(*across), ring(*across) - peak(*across) - 16.0), size)
        })
        .collect();
    Picture::from_fn(WIDTH, HEIGHT, |px, py| {
        let at = Vec2::new(px, py);
        let mut light = 0.0;
        for (place, size, strength) in &beads {
            let far = at.distance_squared(*place);
            if far < 1600.0 {
                light += strength * ((-far / (size * size)).exp() + 0.07 * (-far / 260.0).exp());
            }
        }
        for (place, size) in &tops {
            light += 1.5 * star(at - *place, *size);
        }
        let edge = px.min(WIDTH as f32 - px).min(py).min(HEIGHT as f32 - py);
        glow(light * (edge / 24.0).clamp(0.0, 1.0), GOLD)
    })
}
