//! Sun Wukong of the Beijing opera, with the circlet that keeps him in check.

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::crown::{GOLD, glow, star};
use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let face = studio.sources.face("monkey_king", 1024)?;
    let circlet = studio.sources.picture("circlet", 768, 384)?;
    let mut stage = Stage::new(studio, super::PEACH, 0.0, 0.0, 20.0, 275.0);
    stage.paint(&face, Mix::Normal, 0.97);
    let sticker = Sticker {
        offset: Vec3::new(0.0, 0.22, 0.0),
        pivot: Vec2::new(0.5, 0.62),
        ..Sticker::new(super::anchor(Anchor::Forehead), 2.55)
    };
    stage.sticker(&circlet, &sticker, 1.0);
    let glint = glint();
    Ok(vec![
        file("face.png", face.to_png()?),
        file("circlet.png", circlet.to_png()?),
        file("glint.png", glint.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

/// The fire in his eyes.
fn glint() -> Picture {
    const SIDE: usize = 160;
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let at = Vec2::new(x, y) - SIDE as f32 / 2.0;
        let fade = (1.0 - at.length() / 78.0).clamp(0.0, 1.0).sqrt();
        glow(1.2 * star(at, 76.0) * fade, GOLD)
    })
}
