//! Hearts that burst from the eyes at a blink.

use core::fmt::Write;

use glam::{Vec2, Vec3};
use moretta_lang::Anchor;

use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::rng::Rng;
use crate::scene::Mix;
use crate::{Error, Picture};

const CELL: usize = 200;
const CELLS: usize = 16;

/// How many units of a drawing a cell is wide and high.
const VIEW: usize = 216;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let symbols = studio.sources.text("heart")?;
    let hearts = sheet(&symbols)?;
    let blush = studio.sources.face("blush", 640)?;
    let mut stage = Stage::new(studio, super::ROSE, 0.0, 0.0, 44.0, 290.0);
    stage.paint(&blush, Mix::Normal, 1.0);
    for (eye, cell) in [(Anchor::EyeRight, 6), (Anchor::EyeLeft, 7)] {
        let sticker = Sticker {
            pivot: Vec2::new(0.5, 0.80),
            offset: Vec3::new(if eye == Anchor::EyeLeft { 0.12 } else { -0.12 }, 0.0, 0.2),
            rotation: if eye == Anchor::EyeLeft { -24.0 } else { 24.0 },
            ..Sticker::new(super::anchor(eye), 2.2)
        };
        let cell = hearts.part(cell % 4 * CELL, cell / 4 * CELL, CELL, CELL);
        let picture = if eye == Anchor::EyeLeft {
            cell.mirrored()
        } else {
            cell
        };
        stage.sticker(&picture, &sticker, 1.0);
    }
    Ok(vec![
        file("hearts.png", hearts.to_png()?),
        file("blush.png", blush.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

struct Heart {
    start: Vec2,
    speed: Vec2,
    size: f32,
    turn: f32,
    spin: f32,
    colour: usize,
    delay: f32,
}

/// A burst: hearts that fly apart, slow down, float up and fade.
fn sheet(symbols: &str) -> Result<Picture, Error> {
    let mut rng = Rng::new(12);
    let hearts: Vec<Heart> = (0..9)
        .map(|number| {
            // Evenly spread over the upper side, so that none hides all others; the outer ones fly further.
            let aside = (number as f32 - 4.0) / 4.0;
            let angle = -90.0 + 74.0 * aside + 7.0 * rng.about();
            let speed = Vec2::from_angle(angle.to_radians()) * rng.between(70.0, 138.0);
            Heart {
                start: Vec2::new(108.0, 182.0),
                speed,
                size: rng.between(0.34, 0.60),
                turn: 16.0 * aside + 10.0 * rng.about(),
                spin: rng.about() * 34.0,
                colour: number % 3,
                delay: 0.16 * rng.unit(),
            }
        })
        .collect();
    let defs_end = symbols.find("</defs>").unwrap_or(0);
    let defs_start = symbols.find("<defs>").unwrap_or(0);
    let defs = &symbols[defs_start..defs_end];
    let mut sheet = Picture::new(4 * CELL, 4 * CELL);
    for cell in 0..CELLS {
        let now = (cell as f32 + 0.35) / CELLS as f32;
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{CELL}" height="{CELL}" viewBox="0 0 {VIEW} {VIEW}">{defs}</defs>"#
        );
        for heart in &hearts {
            let time = (now - heart.delay) / (1.0 - heart.delay);
            if time <= 0.0 {
                continue;
            }
            // Air stops them; then they float.
            let flown = (1.0 - (-2.0 * time).exp()) * 1.0;
            let place = heart.start + heart.speed * flown - Vec2::new(0.0, 46.0 * time * time);
            let place = place.clamp(Vec2::splat(26.0), Vec2::splat(VIEW as f32 - 26.0));
            let grown = (time / 0.16).min(1.0);
            let pop = grown * (1.0 + 0.25 * (1.0 - grown)) * (1.0 - 0.25 * (time - 0.6).max(0.0));
            let seen = ((1.0 - time) / 0.38).clamp(0.0, 1.0);
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                r##"<use href="#heart{}" opacity="{:.3}" transform="translate({:.2} {:.2}) rotate({:.2}) scale({:.4})"/>"##,
                heart.colour,
                seen,
                place.x,
                place.y,
                heart.turn + heart.spin * time,
                heart.size * pop
            );
        }
        svg += "</svg>";
        let picture = Picture::from_svg("hearts", &svg, CELL, CELL)?;
        sheet.lay(&picture, cell % 4 * CELL, cell / 4 * CELL);
    }
    Ok(sheet)
}
