//! A face out of a photo. The pack has no artwork of its own and no photo: its thumbnail alone is drawn, an instant print before
//! a face.

use glam::{Vec2, Vec3};

use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

const SIDE: usize = 512;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let mut stage = Stage::new(studio, super::MINT, 0.0, 0.0, 18.0, 270.0);
    stage.paint(&tinted(), Mix::Multiply, 1.0);
    let sticker = Sticker {
        pivot: Vec2::splat(0.5),
        rotation: 6.0,
        ..Sticker::new(Vec3::new(0.0, -6.0, 90.0), 3.0)
    };
    stage.sticker(&print(), &sticker, 1.0);
    Ok(vec![file("preview.png", stage.preview())])
}

/// The face in the tone of an old print.
fn tinted() -> Picture {
    Picture::from_fn(SIDE, SIDE, |_, _| [0.86, 0.62, 0.44, 0.8])
}

/// The white border of an instant print, wider below, with a thin shadow; what it shows is seen through it.
fn print() -> Picture {
    const SOFT: f32 = 0.008;
    let box_depth = |place: Vec2, half: Vec2, middle: Vec2| {
        let away = (place - middle).abs() - half;
        -away.max_element()
    };
    let edge = |depth: f32| (depth / SOFT + 0.5).clamp(0.0, 1.0);
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let place = Vec2::new(x, y) / (SIDE as f32 * 0.5) - 1.0;
        let outer = edge(box_depth(place, Vec2::new(0.74, 0.9), Vec2::ZERO));
        let inner = edge(box_depth(place, Vec2::new(0.64, 0.66), Vec2::new(0.0, -0.14)));
        let shadow = box_depth(place, Vec2::new(0.74, 0.9), Vec2::new(0.02, 0.03));
        let dark = 0.35 * (shadow / 0.05 + 0.8).clamp(0.0, 1.0) * (1.0 - outer);
        let paper = outer * (1.0 - inner);
        let alpha = paper + dark;
        let level = if alpha > 0.0 { 0.93 * paper / alpha } else { 0.0 };
        [level, level * 0.99, level * 0.96, alpha]
    })
}
