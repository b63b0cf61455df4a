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
    let mut cube = Cube::default();
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
    if cube.limited {
        let found = "others, which count as the nearest of these";
        ledger.warn(Place::file(file), "colours of 0 to 1", found);
    }
    Ok(Lut { size, rgb: cube.rgb })
}

/// What was expected and found.
type Wrong = (String, String);

#[derive(Default)]
struct Cube {
    size: Option<u32>,
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
            "DOMAIN_MIN" => domain::<3>(word, rest, 0.0),
            "DOMAIN_MAX" => domain::<3>(word, rest, 1.0),
            "LUT_3D_INPUT_RANGE" => match numbers(rest)? {
                [0.0, 1.0] => Ok(()),
                _ => Err(("LUT_3D_INPUT_RANGE 0 1".to_owned(), quoted(rest.trim()))),
            },
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

fn domain<const N: usize>(word: &str, rest: &str, only: f32) -> Result<(), Wrong> {
    if numbers(rest)? == [only; N] {
        return Ok(());
    }
    Err((format!("{word} {only} {only} {only}"), quoted(rest.trim())))
}

fn numbers<const N: usize>(text: &str) -> Result<[f32; N], Wrong> {
    let read: Option<Vec<f32>> = text
        .split_whitespace()
        .map(|word| word.parse().ok().filter(|it: &f32| it.is_finite()))
        .collect();
    read.and_then(|read| read.try_into().ok())
        .ok_or_else(|| (format!("{N} numbers"), quoted(text.trim())))
}
