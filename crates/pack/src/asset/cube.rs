//! Tables of colours as text.
//!
//! # Source
//! Adobe, "Cube LUT Specification", version 1.0, 2013; Blackmagic's `LUT_3D_INPUT_RANGE` besides.

use super::{Ledger, refused};
use crate::effect::Lut;
use crate::error::{PackError, Place, quoted};
use crate::limits::MAX_LUT_SIDE;

/// The three-dimensional table in the `.cube` file at `file`.
pub(super) fn read(file: &str, bytes: &[u8], ledger: &mut Ledger) -> Result<Lut, PackError> {
    let mut cube = Cube {
        size: None,
        min: [0.0; 3],
        max: [1.0; 3],
        rgb: Vec::new(),
        limited: false,
    };
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let error =
            |(expected, found): Wrong| refused(file, expected, format!("line {}: {found}", number + 1));
        cube.line(line.trim()).map_err(error)?;
    }
    let Some(size) = cube.size else {
        return Err(refused(file, "LUT_3D_SIZE", "none"));
    };
    let entries = size as usize * size as usize * size as usize;
    if cube.rgb.len() != entries {
        let expected = format!("{entries} entries for LUT_3D_SIZE {size}");
        return Err(refused(file, expected, cube.rgb.len()));
    }
    if cube.min.iter().zip(&cube.max).any(|(min, max)| min >= max) {
        let found = format!("{:?} to {:?}", cube.min, cube.max);
        return Err(refused(file, "a domain that goes upwards", found));
    }
    let lut = Lut { size, rgb: cube.rgb };
    let lut = if (cube.min, cube.max) == ([0.0; 3], [1.0; 3]) {
        lut
    } else {
        over_unit_domain(&lut, cube.min, cube.max)
    };
    if cube.limited {
        let found = "others, which count as the nearest of these";
        ledger.warn(Place::file(file), "colours of 0 to 1", found);
    }
    Ok(lut)
}

/// The table over colours of 0 to 1, of one over another domain: as finely as the tables of most programs, or as it was.
fn over_unit_domain(lut: &Lut, min: [f32; 3], max: [f32; 3]) -> Lut {
    const FINE: u32 = 33;
    let size = lut.size.max(FINE);
    let mut rgb = Vec::with_capacity((size * size * size) as usize);
    for b in 0..size {
        for g in 0..size {
            for r in 0..size {
                let colour = [r, g, b].map(|step| step as f32 / (size - 1) as f32);
                let place = core::array::from_fn(|it| (colour[it] - min[it]) / (max[it] - min[it]));
                rgb.push(sample(lut, place));
            }
        }
    }
    Lut { size, rgb }
}

/// The entry at a place of the cube, 0 to 1 along each side: a mean of the eight round it.
fn sample(lut: &Lut, place: [f32; 3]) -> [f32; 3] {
    let last = lut.size - 1;
    let steps = place.map(|it| {
        let along = it.clamp(0.0, 1.0) * last as f32;
        let below = (along as u32).min(last - 1);
        (below, along - below as f32)
    });
    let mut sum = [0.0; 3];
    for corner in 0..8u32 {
        let mut weight = 1.0;
        let mut index = 0;
        for (axis, (below, share)) in steps.iter().enumerate().rev() {
            let above = corner >> axis & 1;
            weight *= if above == 1 { *share } else { 1.0 - share };
            index = index * lut.size + below + above;
        }
        let entry = lut.rgb[index as usize];
        sum = core::array::from_fn(|it| sum[it] + entry[it] * weight);
    }
    sum
}

/// What was expected and found.
type Wrong = (String, String);

struct Cube {
    size: Option<u32>,
    /// The domain.
    min: [f32; 3],
    max: [f32; 3],
    rgb: Vec<[f32; 3]>,
    /// Whether an entry was limited.
    limited: bool,
}

impl Cube {
    fn line(&mut self, line: &str) -> Result<(), Wrong> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if !word.starts_with(|it: char| it.is_ascii_alphabetic()) || numbers::<3>(line).is_ok() {
            return self.entry(line);
        }
        if !self.rgb.is_empty() {
            return Err(("keywords before the entries".to_owned(), quoted(word)));
        }
        match word {
            "TITLE" => Ok(()),
            "LUT_3D_SIZE" => {
                let size = rest
                    .trim()
                    .parse()
                    .ok()
                    .filter(|it| (2..=MAX_LUT_SIDE).contains(it));
                let size =
                    size.ok_or_else(|| (format!("LUT_3D_SIZE of 2 to {MAX_LUT_SIDE}"), quoted(rest.trim())))?;
                match self.size.replace(size) {
                    None => Ok(()),
                    Some(_) => Err(("one LUT_3D_SIZE".to_owned(), "a second".to_owned())),
                }
            }
            "DOMAIN_MIN" => {
                self.min = numbers(rest)?;
                Ok(())
            }
            "DOMAIN_MAX" => {
                self.max = numbers(rest)?;
                Ok(())
            }
            "LUT_3D_INPUT_RANGE" => {
                let [min, max] = numbers(rest)?;
                (self.min, self.max) = ([min; 3], [max; 3]);
                Ok(())
            }
            "LUT_1D_SIZE" | "LUT_1D_INPUT_RANGE" => Err((
                "a three-dimensional table without a shaper".to_owned(),
                quoted(word),
            )),
            _ => Err(("a keyword of .cube files".to_owned(), quoted(word))),
        }
    }

    fn entry(&mut self, line: &str) -> Result<(), Wrong> {
        let Some(size) = self.size else {
            return Err(("LUT_3D_SIZE before the entries".to_owned(), quoted(line)));
        };
        let entry: [f32; 3] = numbers(line)?;
        if self.rgb.len() >= size as usize * size as usize * size as usize {
            return Err((format!("no more entries for LUT_3D_SIZE {size}"), quoted(line)));
        }
        let inside = entry.map(|it| it.clamp(0.0, 1.0));
        self.limited |= inside != entry;
        self.rgb.push(inside);
        Ok(())
    }
}

fn numbers<const N: usize>(text: &str) -> Result<[f32; N], Wrong> {
    let read: Option<Vec<f32>> = text
        .split_whitespace()
        .map(|word| word.parse().ok().filter(|it: &f32| it.is_finite()))
        .collect();
    read.and_then(|read| read.try_into().ok())
        .ok_or_else(|| (format!("{N} numbers"), quoted(text.trim())))
}
