//! A butterfly that sits on the nose.

use core::f32::consts::PI;

use glam::Vec3;
use moretta_lang::Anchor;

use super::{Files, Studio, file};
use crate::preview::{Stage, Sticker};
use crate::{Error, Picture};

const CELL: usize = 168;
const CELLS: usize = 8;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let butterfly = sheet(&studio.sources.text("butterfly")?)?;
    let mut stage = Stage::new(studio, super::SAND, 0.0, 0.0, 10.0, 200.0);
    let sticker = Sticker {
        offset: Vec3::new(0.0, 0.12, 0.3),
        rotation: 9.0,
        ..Sticker::new(super::anchor(Anchor::NoseTip), 1.15)
    };
    stage.sticker(&butterfly.part(0, 0, CELL, CELL), &sticker, 1.0);
    Ok(vec![
        file("butterfly.png", butterfly.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

/// Wings that close: seen from above they get narrower and darker as they rise. Opening is the same backwards.
fn sheet(drawing: &str) -> Result<Picture, Error> {
    let start = drawing.find("<use").unwrap_or(drawing.len());
    let mut sheet = Picture::new(4 * CELL, 2 * CELL);
    for cell in 0..CELLS {
        let time = cell as f32 / (CELLS - 1) as f32;
        let beat = (0.5 - 0.5 * (time * PI).cos()).powf(1.3);
        let open = 1.0 - 0.58 * beat;
        let lean = 0.10 * beat;
        let svg = format!(
            concat!(
                "{}<g transform=\"matrix({o:.4} {l:.4} 0 1 0 0)\"><use href=\"#wing\"/></g>",
                "<g transform=\"matrix(-{o:.4} {l:.4} 0 1 0 0)\"><use href=\"#wing\"/></g>",
                "<g opacity=\"{d:.3}\"><g transform=\"matrix({o:.4} {l:.4} 0 1 0 0)\"><use href=\"#shadow\"/></g>",
                "<g transform=\"matrix(-{o:.4} {l:.4} 0 1 0 0)\"><use href=\"#shadow\"/></g></g>",
                "<use href=\"#trunk\"/></svg>"
            ),
            &drawing[..start],
            o = open,
            l = -lean,
            d = 0.55 * beat,
        );
        let picture = Picture::from_svg("butterfly", &svg, CELL, CELL)?;
        sheet.lay(&picture, cell % 4 * CELL, cell / 4 * CELL);
    }
    Ok(sheet)
}
