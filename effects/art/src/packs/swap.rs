//! Two faces that change places. The pack has no artwork of its own: its thumbnail alone is drawn, a face of two halves.

use glam::{Vec2, Vec3};

use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

const SIDE: usize = 512;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let mut stage = Stage::new(studio, super::MINT, 0.0, 0.0, 18.0, 270.0);
    stage.paint(&half(), Mix::Multiply, 1.0);
    let sticker = Sticker {
        pivot: Vec2::splat(0.5),
        ..Sticker::new(Vec3::new(0.0, -2.0, 90.0), 3.3)
    };
    stage.sticker(&arrows(), &sticker, 1.0);
    Ok(vec![file("preview.png", stage.preview())])
}

/// The subject's right half in a deeper tone.
fn half() -> Picture {
    Picture::from_fn(SIDE, SIDE, |x, _| {
        let share = ((0.5 * SIDE as f32 - x) / 3.0 + 0.5).clamp(0.0, 1.0);
        [0.46, 0.30, 0.22, share]
    })
}

/// Two arrows round the face.
fn arrows() -> Picture {
    const INNER: f32 = 0.86;
    const OUTER: f32 = 0.93;
    const SOFT: f32 = 0.008;
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let place = Vec2::new(x, y) / (SIDE as f32 * 0.5) - 1.0;
        // Both are one, turned by half.
        let place = if place.y > 0.0 { -place } else { place };
        let away = place.length();
        let angle = (-place.y).atan2(place.x).to_degrees();
        let ring = (away - INNER).min(OUTER - away);
        let ends = (angle - 40.0).min(140.0 - angle).to_radians() * away;
        let shaft = ring.min(ends);
        // The head points clockwise, from its foot at 40 degrees on.
        let along = (40.0 - angle).to_radians() * away;
        let across = (away - 0.5 * (INNER + OUTER)).abs();
        let head = (0.10 - across - 0.62 * along).min(along + SOFT);
        let alpha = (shaft.max(head) / SOFT + 0.5).clamp(0.0, 1.0);
        [0.11, 0.36, 0.33, alpha]
    })
}
