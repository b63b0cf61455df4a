//! Pictures, decoded: one file, or a folder of them.
//!
//! The one place that decodes stills; `clip` does the same for clips.

use std::fs;
use std::path::{Path, PathBuf};

use image::ImageReader;
use moretta_frame::{FrameFormat, FrameLayout};

use crate::error::EvalError;

/// What a file's name ends with, in small letters, if it is taken for a still picture.
const STILLS: [&str; 4] = ["jpeg", "jpg", "png", "webp"];

/// A picture as its file stores it, turned by no metadata: rows from the top, red, green, blue, alpha.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
}

impl Picture {
    /// Decodes the file at `path`; of an animation, the first frame.
    pub(crate) fn read(path: &Path) -> Result<Self, EvalError> {
        let unreadable = |source| EvalError::Read {
            path: path.to_owned(),
            source,
        };
        let reader = ImageReader::open(path).map_err(unreadable)?;
        let reader = reader.with_guessed_format().map_err(unreadable)?;
        let decoded = reader.decode().map_err(|source| EvalError::Decode {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::from(decoded.into_rgba8()))
    }

    /// A part of it; what lies beyond its edge is the nearest pixel.
    pub(crate) fn part(&self, left: i64, top: i64, width: u32, height: u32) -> Self {
        let column = |x: i64| x.clamp(0, i64::from(self.width) - 1) as usize;
        let row = |y: i64| y.clamp(0, i64::from(self.height) - 1) as usize;
        let (pixels, _) = self.rgba.as_chunks::<4>();
        let places =
            (0..i64::from(height)).flat_map(|y| (0..i64::from(width)).map(move |x| (left + x, top + y)));
        let rgba = places
            .flat_map(|(x, y)| pixels[row(y) * self.width as usize + column(x)])
            .collect();
        Self { width, height, rgba }
    }

    /// Turned clockwise by a quarter.
    pub(crate) fn turned_right(&self) -> Self {
        let (pixels, _) = self.rgba.as_chunks::<4>();
        let (width, height) = (self.width as usize, self.height as usize);
        let places = (0..width).flat_map(|y| (0..height).map(move |x| (height - 1 - x) * width + y));
        Self {
            width: self.height,
            height: self.width,
            rgba: places.flat_map(|at| pixels[at]).collect(),
        }
    }

    /// How its bytes lie.
    pub(crate) fn layout(&self) -> FrameLayout {
        FrameLayout::packed(FrameFormat::Rgba8, self.width, self.height)
    }
}

impl From<image::RgbaImage> for Picture {
    fn from(image: image::RgbaImage) -> Self {
        Self {
            width: image.width(),
            height: image.height(),
            rgba: image.into_raw(),
        }
    }
}

/// The still pictures below `folder`, however deep, in the order of their names: the path, and the name below
/// `folder` with slashes. What is no picture by its name is told, and left out.
pub(crate) fn stills(folder: &Path) -> Result<Vec<(PathBuf, String)>, EvalError> {
    let mut found = Vec::new();
    let mut others = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(within) = folders.pop() {
        let unreadable = |source| EvalError::Read {
            path: within.clone(),
            source,
        };
        for entry in fs::read_dir(&within).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if ends_with(&path, &STILLS) {
                let name = path.strip_prefix(folder).unwrap_or(&path);
                let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                found.push((path.clone(), name.join("/")));
            } else {
                others.push(path);
            }
        }
    }
    found.sort_by(|(_, a), (_, b)| a.cmp(b));
    if let Some(other) = others.iter().min() {
        tell(&format!(
            "left out: {} files that are no pictures by their names ({}), {} first",
            others.len(),
            STILLS.join(", "),
            other.display()
        ));
    }
    Ok(found)
}

/// Tells whoever runs the tool.
#[expect(clippy::print_stderr, reason = "a command-line tool talks to the terminal")]
pub(crate) fn tell(line: &str) {
    eprintln!("{line}");
}

/// Whether the name of `path` ends with a dot and one of `endings`.
pub(crate) fn ends_with(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    ending.is_some_and(|it| endings.contains(&it.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns and three rows, told apart by their red.
    fn six() -> Picture {
        Picture {
            width: 2,
            height: 3,
            rgba: (0..6).flat_map(|it| [it, 0, 0, 255]).collect(),
        }
    }

    fn reds(picture: &Picture) -> Vec<u8> {
        picture.rgba.iter().step_by(4).copied().collect()
    }

    #[test]
    fn a_part_goes_on_with_the_nearest_pixel() {
        assert_eq!(reds(&six().part(0, 0, 2, 3)), [0, 1, 2, 3, 4, 5]);
        assert_eq!(reds(&six().part(-1, 2, 3, 2)), [4, 4, 5, 4, 4, 5]);
    }

    #[test]
    fn a_quarter_to_the_right_brings_the_first_row_to_the_right_edge() {
        let turned = six().turned_right();
        assert_eq!((turned.width, turned.height), (3, 2));
        assert_eq!(reds(&turned), [4, 2, 0, 5, 3, 1]);
    }

    #[test]
    fn stills_are_found_below_a_folder_in_order() {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let names: Vec<_> = stills(&tests).unwrap().into_iter().map(|it| it.1).collect();
        assert!(
            names.contains(&"track/tests/data/astronaut.png".to_owned()),
            "{names:?}"
        );
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| !name.ends_with(".json")));
        assert!(stills(&tests.join("no such folder")).is_err());
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(matches!(Picture::read(&manifest), Err(EvalError::Decode { .. })));
        let missing = Picture::read(Path::new("no such file.png"));
        assert!(matches!(missing, Err(EvalError::Read { .. })));
    }
}
