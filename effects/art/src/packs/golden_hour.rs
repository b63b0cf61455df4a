//! The light of the last hour before sunset: a table of colours, a vignette, a glow from the upper left.

use glam::Vec2;

use super::{Files, Studio, file};
use crate::hair::between;
use crate::lut::{contrast, cube, luma};
use crate::preview::Stage;
use crate::scene::Mix;
use crate::{Error, Picture};

const SIDE: usize = 256;

/// Warm light, shadows that lean to teal, a little less colour in the darkest and lightest.
fn grade(colour: [f32; 3]) -> [f32; 3] {
    let light = luma(colour);
    let toned = colour.map(|it| contrast(it, 0.22));
    let shadows = [0.94, 1.0, 1.07];
    let lights = [1.10, 1.0, 0.80];
    let part = contrast(light, 1.0);
    let tinted = [0, 1, 2].map(|it| toned[it] * (shadows[it] + (lights[it] - shadows[it]) * part));
    let grey = luma(tinted);
    let vivid = tinted.map(|it| grey + (it - grey) * 1.12);
    // Lifted blacks, soft whites.
    let warm = [0.030, 0.018, 0.020];
    [0, 1, 2].map(|it| warm[it] + vivid[it] * (1.0 - warm[it]) * 0.985)
}

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let (vignette, flare) = (vignette(), flare());
    let mut stage = Stage::new(studio, super::BLUE, 0.30, 0.0, 18.0, 280.0);
    stage.grade(grade);
    stage.overlay(&flare, Mix::Screen, 0.9);
    stage.overlay(&vignette, Mix::Multiply, 1.0);
    Ok(vec![
        file("golden.cube", cube("Golden hour", 17, grade).into_bytes()),
        file("vignette.png", vignette.to_png()?),
        file("flare.png", flare.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

fn vignette() -> Picture {
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let away = (Vec2::new(x, y) / SIDE as f32 - 0.5).length() / 0.707;
        let dark = ((away - 0.45) / 0.55).clamp(0.0, 1.0);
        let alpha = 0.5 * dark * dark * (3.0 - 2.0 * dark);
        [0.16 * alpha, 0.07 * alpha, 0.03 * alpha, alpha]
    })
}

fn flare() -> Picture {
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let at = Vec2::new(x, y) / SIDE as f32;
        let far = at.distance(Vec2::new(0.02, 0.06));
        let light = 0.62 * (-far * far * 3.2).exp() + 0.30 * (-far * 2.2).exp();
        let fade = (1.0 - far / 1.25).clamp(0.0, 1.0);
        let alpha = light * fade * 0.8;
        let [red, green, blue] = between([1.0, 0.42, 0.12], [1.0, 0.86, 0.55], 1.2 - 1.4 * far);
        [red * alpha, green * alpha, blue * alpha, alpha]
    })
}
