//! Models in glTF 2.0.
//!
//! The `gltf` crate has the types of the JSON. What reads them is here, because every index, offset and count of a
//! pack is to be checked, and the crate's own navigation and validation panic on some that are wrong (the accessor of
//! `POSITION`, the length in a `.glb` header).
//!
//! # Source
//! Khronos Group, "glTF 2.0 Specification", 2021.

mod accessor;
mod buffers;
mod geometry;
mod material;
mod scene;

use core::fmt::Display;

use gltf::json::Root;

use crate::asset::Ledger;
use crate::effect::Model;
use crate::error::{PackError, Place};
use crate::files::Files;
use crate::json;
use crate::limits::MAX_MODEL_JSON_BYTES;
use crate::read::{Pointer, from_value, one_of};

/// Extensions that change what accessors may be, not what they mean: these are read as they are.
const KNOWN_EXTENSIONS: [&str; 1] = ["KHR_mesh_quantization"];

/// The model in the file at `file`, with the files that it names.
pub(crate) fn read(file: &str, files: &Files, ledger: &mut Ledger) -> Result<Model, PackError> {
    let bytes = files.find(file).unwrap_or_default();
    let (text, binary) = buffers::split(file, bytes)?;
    if text.len() > MAX_MODEL_JSON_BYTES {
        return Err(PackError::TooMany {
            place: Place::file(file),
            what: "bytes of JSON",
            expected: MAX_MODEL_JSON_BYTES as u64,
            found: text.len() as u64,
        });
    }
    let value = json::parse(file, text)?;
    let (root, _) = from_value::<Root>(&value).map_err(|error| PackError::Asset {
        place: Place::new(file, error.pointer.unwrap_or_default()),
        expected: error.expected,
        found: error.found,
    })?;
    let mut source = Source {
        file,
        root: &root,
        buffers: Vec::new(),
        ledger,
    };
    source.check_version()?;
    source.buffers = buffers::read(&source, files, binary)?;
    for buffer in &root.buffers {
        if let Some(path) = buffer.uri.as_deref().and_then(|uri| buffers::path(file, uri)) {
            source.ledger.files_read.push(path);
        }
    }
    scene::read(&mut source, files)
}

/// A model that is being read.
struct Source<'m> {
    file: &'m str,
    root: &'m Root,
    /// In the order of the JSON.
    buffers: Vec<std::borrow::Cow<'m, [u8]>>,
    ledger: &'m mut Ledger,
}

impl Source<'_> {
    fn check_version(&mut self) -> Result<(), PackError> {
        let root = self.root;
        let asset = Pointer::Root.key("asset");
        let asset = &asset;
        let newest = root.asset.min_version.as_ref().unwrap_or(&root.asset.version);
        if newest.split_once('.').is_none_or(|(major, _)| major != "2")
            || root
                .asset
                .min_version
                .as_ref()
                .is_some_and(|version| version != "2.0")
        {
            let found = format!("{newest:.20?}");
            return Err(self.wrong(&asset.key("version"), "glTF 2.0", found));
        }
        for (item, name) in root.extensions_required.iter().enumerate() {
            if !KNOWN_EXTENSIONS.contains(&name.as_str()) {
                let list = Pointer::Root.key("extensionsRequired");
                let expected = format!("none but {}", one_of(KNOWN_EXTENSIONS));
                return Err(self.wrong(&list.item(item), expected, crate::error::quoted(name)));
            }
        }
        for name in &root.extensions_used {
            if !KNOWN_EXTENSIONS.contains(&name.as_str()) {
                let found = format!("the extension {}, left out", crate::error::quoted(name));
                self.warn("glTF without extensions", found);
            }
        }
        for (there, what) in [
            (!root.animations.is_empty(), "animations"),
            (!root.cameras.is_empty(), "cameras"),
        ] {
            if there {
                self.warn("a model at rest", format_args!("{what}, left out"));
            }
        }
        Ok(())
    }

    fn wrong(&self, place: &Pointer<'_>, expected: impl Display, found: impl Display) -> PackError {
        PackError::Asset {
            place: Place::new(self.file, place.to_string()),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    /// The element of `list` that the model names at `place`.
    fn element<'l, T>(
        &self,
        list: &'l [T],
        what: &str,
        index: usize,
        place: &Pointer<'_>,
    ) -> Result<&'l T, PackError> {
        list.get(index).ok_or_else(|| {
            let expected = format!("the index of one of {} {what}", list.len());
            self.wrong(place, expected, index)
        })
    }

    fn too_many(&self, what: &'static str, expected: usize, found: usize) -> Result<(), PackError> {
        if found <= expected {
            return Ok(());
        }
        Err(PackError::TooMany {
            place: Place::file(self.file),
            what,
            expected: expected as u64,
            found: found as u64,
        })
    }

    fn warn(&mut self, expected: impl Display, found: impl Display) {
        self.ledger.warn(Place::file(self.file), expected, found);
    }
}
