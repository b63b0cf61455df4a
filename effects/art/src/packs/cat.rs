//! A ginger cat: ears of fur, whiskers, and a painted nose.

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::fur::Ear;
use super::{Files, Studio, file};
use crate::hair::rgb;
use crate::preview::{Stage, Sticker};
use crate::scene::Mix;
use crate::{Error, Picture};

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let face = studio.sources.face("cat_face", 768)?;
    let whiskers = studio.sources.picture("whiskers", 800, 300)?;
    let left = ear()?;
    let right = left.mirrored();
    let mut stage = Stage::new(studio, super::MINT, 0.0, 0.0, 46.0, 315.0);
    stage.paint(&face, Mix::Normal, 1.0);
    for (picture, side) in [(&left, 1.0), (&right, -1.0)] {
        let sticker = Sticker {
            // Lower than in the manifest: the mannequin has no hair.
            offset: Vec3::new(0.78 * side, -0.5, 0.0),
            pivot: Vec2::new(0.5, 0.86),
            rotation: -12.0 * side,
            ..Sticker::new(super::anchor(Anchor::HeadTop), 1.4)
        };
        stage.sticker(picture, &sticker, 1.0);
    }
    let sticker = Sticker {
        offset: Vec3::new(0.0, -0.17, 0.1),
        ..Sticker::new(super::anchor(Anchor::NoseTip), 3.1)
    };
    stage.sticker(&whiskers, &sticker, 1.0);
    Ok(vec![
        file("face.png", face.to_png()),
        file("whiskers.png", whiskers.to_png()),
        file("ear-left.png", left.to_rough_png()),
        file("ear-right.png", right.to_rough_png()),
        file("preview.png", stage.preview()),
    ])
}

/// The subject's left ear.
fn ear() -> Result<Picture, Error> {
    Ear {
        size: [336, 336],
        left: [Vec2::new(22.8, 330.8), Vec2::new(68.2, 147.0)],
        right: [Vec2::new(320.2, 330.8), Vec2::new(301.0, 115.5)],
        tip: Vec2::new(206.5, 31.5),
        inside: [0.60, 0.80],
        round: 0.05,
        coat: [rgb(0x7a3a12), rgb(0xc9742b), rgb(0xf5ba6c)],
        skin: ["#f4aea6", "#d97f7c"],
        tuft: [rgb(0xd9b48e), rgb(0xfff4e2)],
        length: [28.0, 84.0],
        count: [5600, 620],
        seed: 31,
    }
    .picture()
}
