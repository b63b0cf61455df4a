//! Packs as they are found, right or wrong, and what the reader says of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use moretta::Pack;
use moretta_pack::limits::MAX_MASK_BYTES;
use moretta_pack::{PackError, Place, Warning, read_mask};
use serde_json::{Value, json};

use crate::locate::locate;
use crate::{Error, folder};

/// A folder or a `.mask` file, and what the reader made of it.
pub(crate) struct Found {
    /// As the command line has it.
    pub(crate) path: PathBuf,
    /// The files in it, by their paths.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// The pack, or why it is none.
    pub(crate) pack: Result<Pack, PackError>,
}

/// A pack that is one.
pub(crate) struct Valid {
    /// As the command line has it.
    pub(crate) path: PathBuf,
    /// The files in it, by their paths.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// What the reader made of it.
    pub(crate) pack: Pack,
}

/// Something that the reader says of a pack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// Whether the pack is refused for it.
    pub(crate) fatal: bool,
    place: Place,
    /// The line and the column, where the file is at hand.
    line: Option<(usize, usize)>,
    /// The words of the reader, and those after its naming of the place.
    whole: String,
    words: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Found {
    /// Reads the folder or the `.mask` file at `path`. That it is no pack is no error here.
    ///
    /// # Errors
    /// [`Error::Usage`] if nothing is there, [`Error::Read`].
    pub(crate) fn at(path: &Path) -> Result<Self, Error> {
        let files = if path.is_dir() {
            Ok(folder::files(path)?)
        } else {
            read_mask(&folder::read(path, MAX_MASK_BYTES)?)
        };
        let pack = files.clone().and_then(Pack::from_files);
        Ok(Self {
            path: path.to_owned(),
            files: files.unwrap_or_default(),
            pack,
        })
    }

    /// What the reader says of it.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        match &self.pack {
            Ok(pack) => pack.warnings().iter().map(|it| self.warning(it)).collect(),
            Err(error) => vec![self.error(error)],
        }
    }

    fn error(&self, error: &PackError) -> Finding {
        let (expected, found) = match error {
            PackError::Container { expected, found, .. }
            | PackError::Json { expected, found, .. }
            | PackError::Version { expected, found, .. }
            | PackError::Manifest { expected, found, .. }
            | PackError::Asset { expected, found, .. } => (Some(expected.clone()), Some(found.clone())),
            PackError::TooMany {
                what,
                expected,
                found,
                ..
            } => (
                Some(format!("at most {expected} {what}")),
                Some(found.to_string()),
            ),
            _ => (None, None),
        };
        let line = match error {
            // An end that comes too early has column 0.
            PackError::Json { line, column, .. } => Some((*line, (*column).max(1))),
            _ => None,
        };
        Finding {
            fatal: true,
            expected,
            found,
            ..self.finding(error.place(), error.to_string(), line)
        }
    }

    fn warning(&self, warning: &Warning) -> Finding {
        Finding {
            expected: Some(warning.expected.clone()),
            found: Some(warning.found.clone()),
            ..self.finding(&warning.place, warning.to_string(), None)
        }
    }

    fn finding(&self, place: &Place, whole: String, line: Option<(usize, usize)>) -> Finding {
        let text = self
            .files
            .get(&place.file)
            .and_then(|bytes| str::from_utf8(bytes).ok());
        let line = line.or_else(|| (!place.pointer.is_empty()).then(|| locate(text?, &place.pointer))?);
        let file = Place {
            file: place.file.clone(),
            pointer: String::new(),
        };
        let words = whole
            .strip_prefix(&format!("{file}: "))
            .unwrap_or(&whole)
            .to_owned();
        Finding {
            fatal: false,
            place: place.clone(),
            line,
            whole,
            words,
            expected: None,
            found: None,
        }
    }
}

impl Valid {
    /// Reads the pack at each of `paths`, and prints what the reader says of them.
    ///
    /// # Errors
    /// [`Error::Invalid`] if one is none; [`Error::Usage`], [`Error::Read`].
    pub(crate) fn all(paths: &[PathBuf]) -> Result<Vec<Self>, Error> {
        let mut packs = Vec::new();
        for path in paths {
            let found = Found::at(path)?;
            for finding in found.findings() {
                eprintln!("{}", finding.in_pack(path));
            }
            let Found { path, files, pack } = found;
            packs.extend(pack.ok().map(|pack| Self { path, files, pack }));
        }
        match paths.len() - packs.len() {
            0 => Ok(packs),
            found => Err(Error::Invalid {
                found,
                all: paths.len(),
            }),
        }
    }

    /// What to call it: the name of the folder or the file.
    pub(crate) fn name(&self) -> String {
        // Of `.` as well.
        let whole = self.path.canonicalize();
        let path = whole.as_deref().unwrap_or(&self.path);
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }
}

impl Finding {
    /// As compilers print it, so that terminals and editors lead to the place: `PATH:LINE:COLUMN: error: WORDS`.
    pub(crate) fn in_pack(&self, path: &Path) -> String {
        let kind = if self.fatal { "error" } else { "warning" };
        let path = path.display();
        let Place { file, .. } = &self.place;
        match self.line {
            Some((line, column)) => format!("{path}/{file}:{line}:{column}: {kind}: {}", self.words),
            None => format!("{path}: {kind}: {}", self.whole),
        }
    }

    /// The reader's own words, the place included.
    pub(crate) fn sentence(&self) -> &str {
        &self.whole
    }

    /// For programs.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "file": self.place.file,
            "pointer": self.place.pointer,
            "line": self.line.map(|(line, _)| line),
            "column": self.line.map(|(_, column)| column),
            "expected": self.expected,
            "found": self.found,
            "message": self.whole,
        })
    }
}
