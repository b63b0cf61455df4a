//! What an effect's handle stands for.

use std::fs;
use std::path::Path;

use moretta::pack_limits::{MAX_FILES, MAX_MASK_BYTES, MAX_PACK_BYTES};
use moretta::{HostInputKind, LoadedEffect, Pack};

use crate::Fault;
use crate::abi::{self, EffectHandle, SessionHandle};
use crate::handle::{self, Kind, Registry};
use crate::options::read_file;

static EFFECTS: Registry<handle::Effect, Effect> = Registry::new(Kind::Effect, "the effect");

/// An effect on the device of a family of sessions.
pub(crate) struct Effect {
    pub(crate) loaded: LoadedEffect,
    family: SessionHandle,
}

/// Gives an effect a handle.
pub(crate) fn add(loaded: LoadedEffect, family: SessionHandle) -> EffectHandle {
    EFFECTS.add(Effect { loaded, family })
}

/// The effect of this handle, for a session of this family; none for none.
///
/// # Errors
/// [`Fault::Handle`].
pub(crate) fn find(handle: EffectHandle, family: SessionHandle) -> Result<Option<LoadedEffect>, Fault> {
    if handle.is_null() {
        return Ok(None);
    }
    let effect = EFFECTS.find(handle)?;
    if effect.family != family {
        return Err(Fault::Handle {
            what: "the effect",
            found: "of a session with another device",
        });
    }
    Ok(Some(effect.loaded.clone()))
}

/// Forgets the handle. Who wears the effect goes on wearing it.
///
/// # Errors
/// [`Fault::Handle`].
pub(crate) fn free(handle: EffectHandle) -> Result<(), Fault> {
    EFFECTS.remove(handle).map(drop)
}

/// What the host may set of the effect: that in place `index`; none behind the last.
///
/// # Errors
/// [`Fault::Null`], [`Fault::Handle`].
pub(crate) fn input(handle: EffectHandle, index: u32) -> Result<Option<abi::Input>, Fault> {
    let effect = EFFECTS.find(handle)?;
    let Some(input) = effect.loaded.inputs().get(index as usize) else {
        return Ok(None);
    };
    let mut name = [0; abi::INPUT_NAME_BYTES as usize];
    // Names have at most 64 bytes: a place is left for the zero.
    let last = name.len() - 1;
    for (place, byte) in name[..last].iter_mut().zip(input.name.bytes()) {
        *place = byte;
    }
    Ok(Some(abi::Input {
        struct_size: 0,
        kind: match input.kind {
            HostInputKind::Param => abi::INPUT_PARAM,
            HostInputKind::Tap => abi::INPUT_TAP,
            HostInputKind::Host => abi::INPUT_TRIGGER,
        },
        min: input.min,
        max: input.max,
        initial: input.default,
        reserved: 0,
        name,
    }))
}

/// A pack of the bytes of a `.mask` file.
///
/// # Errors
/// [`Fault::Sdk`].
pub(crate) fn pack_of(bytes: &[u8]) -> Result<Pack, Fault> {
    Ok(Pack::from_mask(bytes).map_err(moretta::Error::from)?)
}

/// A pack of a `.mask` file, or of a folder with a pack's files.
///
/// # Errors
/// [`Fault::File`], [`Fault::Folder`], [`Fault::Sdk`].
pub(crate) fn pack_at(path: &Path) -> Result<Pack, Fault> {
    if !path.is_dir() {
        return pack_of(&read_file(path, MAX_MASK_BYTES)?);
    }
    let mut files = Files::default();
    files.collect(path, path)?;
    Ok(Pack::from_files(files.read).map_err(moretta::Error::from)?)
}

/// What was read of a pack's folder.
#[derive(Default)]
struct Files {
    /// By their paths in the pack.
    read: Vec<(String, Vec<u8>)>,
    bytes: usize,
}

impl Files {
    /// Adds the files below `folder`, by their paths in `root`, as many as a pack may have. Links are left out: they may lead
    /// anywhere.
    fn collect(&mut self, root: &Path, folder: &Path) -> Result<(), Fault> {
        let unread = |source| Fault::File {
            path: folder.to_owned(),
            source,
        };
        for entry in fs::read_dir(folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(unread)?);
            if kind.is_dir() {
                self.collect(root, &path)?;
            } else if kind.is_file() {
                if self.read.len() == MAX_FILES {
                    return Err(Fault::Folder {
                        path: root.to_owned(),
                        expected: MAX_FILES,
                    });
                }
                let parts = path.strip_prefix(root).unwrap_or(&path).iter();
                let name: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
                let bytes = read_file(&path, MAX_PACK_BYTES - self.bytes)?;
                self.bytes += bytes.len();
                self.read.push((name.join("/"), bytes));
            }
        }
        Ok(())
    }
}
