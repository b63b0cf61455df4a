//! Round tortoiseshell glasses.

use glam::{Vec2, Vec3};

use super::{Files, Studio, file};
use crate::Error;
use crate::preview::{Stage, Sticker};

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let glasses = studio.sources.picture("glasses", 896, 350)?;
    let mut stage = Stage::new(studio, super::SAND, 0.0, 0.0, 24.0, 255.0);
    let sticker = Sticker {
        pivot: Vec2::new(0.5, 0.46),
        offset: Vec3::new(0.0, 0.0, 0.1),
        ..Sticker::new(super::landmark(6), 2.3)
    };
    stage.sticker(&glasses, &sticker, 1.0);
    Ok(vec![
        file("glasses.png", glasses.to_rough_png()?),
        file("preview.png", stage.preview()?),
    ])
}
