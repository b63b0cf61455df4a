//! The packs of a folder: `*.mask` files, and folders of the same shape, as packs are while they are worked on.

use std::path::{Path, PathBuf};

use image::ImageReader;
use moretta::{Effect, HostInput, HostInputKind, Pack};
use moretta_pack::manifest::{Manifest, ParamKind, Text};

use crate::Error;
use crate::args::file_name;

/// How large a picture in the list of effects is, in pixels.
const THUMBNAIL_PX: u32 = 128;

/// A pack as it is shown and worn.
pub(crate) struct Entry {
    /// The name of its file or folder, without the ending: what `--effect` is compared with.
    pub(crate) stem: String,
    /// What users call it.
    pub(crate) name: String,
    pub(crate) author: String,
    pub(crate) license: String,
    pub(crate) thumbnail: Option<Thumbnail>,
    /// What the user may set, in the pack's order.
    pub(crate) controls: Vec<Control>,
    /// Whether a tap does something.
    pub(crate) takes_taps: bool,
    pub(crate) effect: Effect,
}

/// Something that the user may set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Control {
    /// The input's name.
    pub(crate) name: String,
    /// What users call it.
    pub(crate) label: String,
    pub(crate) min: f32,
    pub(crate) max: f32,
    pub(crate) default: f32,
    pub(crate) kind: ParamKind,
}

/// A small picture: rows of RGBA without padding.
pub(crate) struct Thumbnail {
    pub(crate) size: [usize; 2],
    pub(crate) rgba: Vec<u8>,
}

/// A pack that cannot be read, and why.
pub(crate) struct Unsound {
    pub(crate) file: String,
    pub(crate) error: Error,
}

/// The packs of a folder, by name.
#[derive(Default)]
pub(crate) struct Effects {
    pub(crate) entries: Vec<Entry>,
    pub(crate) unsound: Vec<Unsound>,
}

impl Effects {
    /// Reads every pack in `folder`. One that is not sound keeps none of the others from being shown.
    ///
    /// # Errors
    /// [`Error::Read`] if there is no such folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let mut effects = Self::default();
        for path in packs(folder)? {
            match Entry::read(&path) {
                Ok(entry) => effects.entries.push(entry),
                Err(error) => effects.unsound.push(Unsound {
                    file: file_name(&path),
                    error,
                }),
            }
        }
        Ok(effects)
    }

    /// The place of the first whose file name contains `wanted`; one that *is* it goes before.
    ///
    /// # Errors
    /// [`Error::Effect`].
    pub(crate) fn find(&self, wanted: &str) -> Result<usize, Error> {
        let place =
            |matches: &dyn Fn(&str) -> bool| self.entries.iter().position(|entry| matches(&entry.stem));
        place(&|stem| stem == wanted)
            .or_else(|| place(&|stem| stem.contains(wanted)))
            .ok_or_else(|| Error::Effect {
                expected: self.entries.iter().map(|entry| entry.stem.clone()).collect(),
                found: wanted.to_owned(),
            })
    }
}

/// What a pack's manifest is called.
const MANIFEST: &str = "effect.json";

/// The packs of a folder, by rising name.
fn packs(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for file in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "mask") || path.join(MANIFEST).is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

impl Entry {
    fn read(path: &Path) -> Result<Self, Error> {
        let pack = if path.is_dir() {
            let mut files = Vec::new();
            collect(path, "", &mut files)?;
            Pack::from_files(files)
        } else {
            Pack::from_mask(&bytes(path)?)
        };
        let pack = pack.map_err(moretta::Error::from)?;
        let manifest = pack.manifest();
        Ok(Self {
            stem: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            name: english(&manifest.name).to_owned(),
            author: manifest.author.clone(),
            license: manifest.license.clone(),
            thumbnail: pack.preview().map(Thumbnail::of).transpose()?,
            controls: controls(pack.effect(), manifest),
            takes_taps: pack
                .effect()
                .inputs
                .iter()
                .any(|input| input.kind == HostInputKind::Tap),
            effect: pack.into_effect(),
        })
    }
}

/// A text in English if there is one, else in its first language.
fn english(text: &Text) -> &str {
    match text {
        Text::Plain(text) => text,
        Text::ByLanguage(texts) => texts
            .get("en")
            .or(texts.values().next())
            .map_or("", String::as_str),
    }
}

/// All inputs but the tap, each as what its parameter is; a trigger of the host's as a number.
fn controls(effect: &Effect, manifest: &Manifest) -> Vec<Control> {
    let inputs = effect
        .inputs
        .iter()
        .filter(|input| input.kind != HostInputKind::Tap);
    let control = |input: &HostInput| {
        let spec = manifest.params.iter().find(|spec| spec.id == input.name);
        Control {
            name: input.name.clone(),
            label: label(input).to_owned(),
            min: input.min,
            max: input.max,
            default: input.default,
            kind: spec.map_or(ParamKind::Float, |spec| spec.kind),
        }
    };
    inputs.map(control).collect()
}

/// The files below `folder`, by their names in the pack.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Error> {
    let unreadable = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    for file in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        let name = format!("{prefix}{}", file_name(&path));
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.push((name, bytes(&path)?));
        }
    }
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// What a slider is called: in English if it is, else in its first language, else by the input's name.
pub(crate) fn label(input: &HostInput) -> &str {
    let english = input.label.iter().find(|(language, _)| language == "en");
    let (_, text) = match english.or(input.label.first()) {
        Some(label) => label,
        None => return &input.name,
    };
    text
}

impl Thumbnail {
    fn of(bytes: &[u8]) -> Result<Self, Error> {
        // The pack's reader has judged its size.
        let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format();
        let picture = reader.map_err(image::ImageError::from)?.decode()?;
        let small = picture.thumbnail(THUMBNAIL_PX, THUMBNAIL_PX).into_rgba8();
        Ok(Self {
            size: [small.width() as usize, small.height() as usize],
            rgba: small.into_raw(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(label: &[(&str, &str)]) -> HostInput {
        HostInput {
            name: "smooth".to_owned(),
            kind: HostInputKind::Param,
            min: 0.0,
            max: 1.0,
            default: 0.5,
            label: label
                .iter()
                .map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_slider_is_called_by_its_english_name_else_its_first_else_its_id() {
        assert_eq!(label(&input(&[("zh", "柔"), ("en", "Smooth")])), "Smooth");
        assert_eq!(label(&input(&[("de", "Glatt"), ("zh", "柔")])), "Glatt");
        assert_eq!(label(&input(&[])), "smooth");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(matches!(
            Effects::read(Path::new("/no/such/folder")),
            Err(Error::Read { .. })
        ));
    }

    #[test]
    fn an_effect_that_is_not_there_is_an_error() {
        assert!(matches!(
            Effects::default().find("cat"),
            Err(Error::Effect { .. })
        ));
    }
}
