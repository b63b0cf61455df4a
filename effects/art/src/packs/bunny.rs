//! A bunny: long ears that swing, and a painted nose.

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::fur::Ear;
use super::{Files, Studio, file};
use crate::hair::rgb;
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let face = studio.sources.face("bunny_face", 768)?;
    let left = ear()?;
    let right = left.mirrored();
    let mut stage = Stage::new(studio, super::ROSE, 0.0, 0.0, 82.0, 380.0);
    stage.paint(&face, Mix::Normal, 1.0);
    for (picture, side) in [(&left, 1.0), (&right, -1.0)] {
        let sticker = Sticker {
            // Lower than in the manifest: the mannequin has no hair.
            offset: Vec3::new(0.46 * side, -0.36, 0.0),
            pivot: Vec2::new(0.5, 0.93),
            rotation: -9.0 * side,
            ..Sticker::new(super::anchor(Anchor::HeadTop), 1.15)
        };
        stage.sticker(picture, &sticker, 1.0);
    }
    Ok(vec![
        file("face.png", face.to_png()),
        file("ear-left.png", left.to_rough_png()),
        file("ear-right.png", right.to_rough_png()),
        file("preview.png", stage.preview()),
    ])
}

/// The subject's left ear.
fn ear() -> Result<Picture, Error> {
    Ear {
        size: [252, 560],
        left: [Vec2::new(56.0, 553.0), Vec2::new(-29.8, 166.2)],
        right: [Vec2::new(187.2, 553.0), Vec2::new(288.8, 166.2)],
        tip: Vec2::new(133.0, 26.2),
        inside: [0.56, 0.84],
        round: 0.08,
        coat: [rgb(0xb9a9a4), rgb(0xeae1dc), rgb(0xffffff)],
        skin: ["#f8bec0", "#f09ba6"],
        tuft: [rgb(0xe9cfcb), rgb(0xffffff)],
        length: [22.8, 54.2],
        count: [6400, 560],
        seed: 47,
    }
    .picture()
}
