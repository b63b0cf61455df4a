//! Black and white film: a table of greys, and a vignette.

use glam::Vec2;

use super::{Files, Studio, file};
use crate::lut::{contrast, cube};
use crate::preview::Stage;
use crate::scene::Mix;
use crate::{Error, Picture};

const SIDE: usize = 256;

/// Skin light, sky and foliage dark, as through an orange filter; silver rather than grey.
fn grade([red, green, blue]: [f32; 3]) -> [f32; 3] {
    let grey = (0.46 * red + 0.44 * green + 0.10 * blue).clamp(0.0, 1.0);
    let toned = contrast(contrast(grey, 0.62), 0.35).powf(1.06);
    let light = 0.018 + 0.975 * toned;
    [
        light * 1.005,
        light,
        light * (1.0 - 0.02 * toned) + 0.006 * (1.0 - toned),
    ]
}

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let vignette = vignette();
    let mut stage = Stage::new(studio, super::BLUE, -0.34, 0.0, 18.0, 280.0);
    stage.grade(grade);
    stage.overlay(&vignette, Mix::Multiply, 1.0);
    Ok(vec![
        file("noir.cube", cube("Noir", 17, grade).into_bytes()),
        file("vignette.png", vignette.to_png()?),
        file("preview.png", stage.preview()?),
    ])
}

fn vignette() -> Picture {
    Picture::from_fn(SIDE, SIDE, |x, y| {
        let away = (Vec2::new(x, y) / SIDE as f32 - Vec2::new(0.5, 0.48)).length() / 0.72;
        let dark = ((away - 0.35) / 0.65).clamp(0.0, 1.0);
        let alpha = 0.78 * dark * dark * (3.0 - 2.0 * dark);
        [0.0, 0.0, 0.0, alpha]
    })
}
