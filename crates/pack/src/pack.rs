use crate::asset::{Ledger, check_preview};
use crate::compile::{check_versions, compile, manifest_error};
use crate::effect::Effect;
use crate::error::{PackError, Place, Warning};
use crate::files::{Files, MANIFEST_PATH};
use crate::json;
use crate::manifest::{Manifest, TestSpec};
use crate::mask;
use crate::read::{Pointer, ReadError, from_value};

/// An effect pack, read and checked.
///
/// ```
/// use moretta_pack::Pack;
///
/// let manifest = br#"{
///     "format": "mask", "version": "1.0", "id": "org.example.warm", "name": "Warm",
///     "author": "A. Person", "license": "CC0-1.0",
///     "assets": { "warm": { "type": "lut", "path": "warm.cube" } },
///     "nodes": [{ "id": "grade", "kind": "lut", "asset": "warm", "strength": "0.5 + 0.5 * smile" }]
/// }"#;
/// let table = b"LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 .9\n1 0 .9\n0 1 .9\n1 1 .9";
/// let files = [("effect.json", manifest.to_vec()), ("warm.cube", table.to_vec())];
/// let pack = Pack::from_files(files.map(|(path, bytes)| (path.to_owned(), bytes)))?;
/// assert_eq!(pack.manifest().id, "org.example.warm");
/// assert_eq!(pack.effect().nodes.len(), 1);
/// assert!(pack.warnings().is_empty());
/// # Ok::<(), moretta_pack::PackError>(())
/// ```
#[derive(Clone)]
pub struct Pack {
    manifest: Manifest,
    effect: Effect,
    warnings: Vec<Warning>,
    preview: Option<Vec<u8>>,
}

impl Pack {
    /// Reads a `.mask` file.
    ///
    /// # Errors
    /// [`PackError`], if it breaks a rule of the format.
    pub fn from_mask(bytes: &[u8]) -> Result<Self, PackError> {
        Self::read(mask::read(bytes)?)
    }

    /// Reads the files of a folder: their paths within it, with `/` between folders, and their bytes, in any order.
    ///
    /// # Errors
    /// [`PackError`], if they break a rule of the format.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, PackError> {
        Self::read(Files::collect(files)?)
    }

    fn read(mut files: Files) -> Result<Self, PackError> {
        let value = json::parse(MANIFEST_PATH, files.manifest()?)?;
        check_versions(&value)?;
        let (manifest, unknown) = from_value::<Manifest>(&value).map_err(manifest_error)?;
        let mut ledger = Ledger::default();
        for pointer in unknown {
            let place = Place::new(MANIFEST_PATH, pointer);
            ledger.warn(place, "a key that this version knows", "another, left out");
        }
        let effect = compile(&manifest, &files, &mut ledger)?;
        if let Some(path) = &manifest.preview {
            check_preview_of(path, &files)?;
            ledger.files_read.push(path.clone());
        }
        warn_of_unread(&files, &mut ledger);
        let preview = manifest.preview.as_ref().and_then(|path| files.take(path));
        Ok(Self {
            manifest,
            effect,
            warnings: ledger.warnings,
            preview,
        })
    }

    /// The manifest as it was written.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What a renderer draws.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// What a renderer draws, without the rest.
    #[must_use]
    pub fn into_effect(self) -> Effect {
        self.effect
    }

    /// What was odd, and what the reader did without.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The file of the picture for lists of effects: PNG, JPEG or WebP.
    #[must_use]
    pub fn preview(&self) -> Option<&[u8]> {
        self.preview.as_deref()
    }

    /// The pictures that the effect must reproduce.
    #[must_use]
    pub fn tests(&self) -> &[TestSpec] {
        &self.manifest.tests
    }
}

impl core::fmt::Debug for Pack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pack")
            .field("id", &self.manifest.id)
            .field("effect", &self.effect)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

fn check_preview_of(path: &str, files: &Files) -> Result<(), PackError> {
    let Some(bytes) = files.find(path) else {
        let error = ReadError::new("the path of a file in the pack", crate::error::quoted(path));
        return Err(manifest_error(error.at(&Pointer::Root.key("preview"))));
    };
    check_preview(path, bytes)
}

/// Notes the files that nothing names, but for what goes with any work.
fn warn_of_unread(files: &Files, ledger: &mut Ledger) {
    let read = core::mem::take(&mut ledger.files_read);
    for (path, _) in files.iter() {
        let papers = ["LICENSE", "NOTICE", "README"]
            .iter()
            .any(|name| path.starts_with(name));
        if path != MANIFEST_PATH && !papers && !read.iter().any(|it| it == path) {
            ledger.warn(
                Place::file(path),
                "a file that the manifest names",
                "one that nothing does",
            );
        }
    }
}
