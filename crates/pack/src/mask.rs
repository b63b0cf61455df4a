//! The `.mask` file: a zip that holds no surprise.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, Write};

use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::error::{PackError, Place, quoted};
use crate::files::{Files, MANIFEST_PATH};
use crate::limits::{MAX_FILES, MAX_MASK_BYTES, MAX_RATIO, RATIO_FREE_BYTES};

/// What a message calls the `.mask` file.
const MASK: &str = "the .mask file";

/// The files in a `.mask` file.
///
/// 1. Limits of the whole, before the zip is looked at: its length, and how many entries it says that it has.
/// 2. What makes two readers see two different packs is refused: bytes before the zip, headers that disagree, entries
///    that overlap, a name twice.
/// 3. Each entry is checked by its header: its kind, its compression, its name, its sizes.
/// 4. Its bytes are unpacked up to the limit and not beyond, whatever the header said.
pub(crate) fn read(bytes: &[u8]) -> Result<Files, PackError> {
    if bytes.len() > MAX_MASK_BYTES {
        return Err(PackError::TooMany {
            place: Place::file(MASK),
            what: "bytes",
            expected: MAX_MASK_BYTES as u64,
            found: bytes.len() as u64,
        });
    }
    check_end(bytes)?;
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let broken = |error: ZipError| refused(MASK, "a zip", error);
    let mut archive = ZipArchive::with_config(config, Cursor::new(bytes)).map_err(broken)?;
    if archive.has_duplicate_names() {
        return Err(refused(MASK, "each name once", "one twice"));
    }
    archive.validate_header_consistency().map_err(broken)?;
    if archive.has_overlapping_entries().map_err(broken)? {
        return Err(refused(MASK, "entries one after another", "some that overlap"));
    }

    let mut files = Files::default();
    for index in 0..archive.len() {
        let name = check_entry(&archive, index, &mut files)?;
        let room = files.room(&name);
        let entry = archive
            .by_index(index)
            .map_err(|error| refused(&name, "an entry", error))?;
        let mut content = Vec::new();
        // One byte more than there is room for shows that there are more.
        let read = entry.take(room as u64 + 1).read_to_end(&mut content);
        read.map_err(|error| refused(&name, "an entry that unpacks", error))?;
        files.insert(name, content)?;
    }
    Ok(files)
}

/// Checks the record at the end: it stands at the very end, so that every reader finds the same one, and is not zip64.
///
/// # Source
/// PKWARE, APPNOTE.TXT, 4.3.15 and 4.3.16.
fn check_end(bytes: &[u8]) -> Result<(), PackError> {
    const END: &[u8] = b"PK\x05\x06";
    const LOCATOR: &[u8] = b"PK\x06\x07";
    let plain = bytes.split_last_chunk::<22>().filter(|(before, end)| {
        let locator = before.len().checked_sub(20).map(|start| &before[start..]);
        end.starts_with(END) && end.ends_with(&[0, 0]) && !locator.is_some_and(|it| it.starts_with(LOCATOR))
    });
    let Some((_, end)) = plain else {
        return Err(refused(
            MASK,
            "a zip that ends with its end record",
            "something else",
        ));
    };
    let entries = usize::from(u16::from_le_bytes([end[10], end[11]]));
    if entries <= MAX_FILES {
        return Ok(());
    }
    Err(PackError::TooMany {
        place: Place::file(MASK),
        what: "files",
        expected: MAX_FILES as u64,
        found: entries as u64,
    })
}

/// Checks an entry by its header; its name is returned, and reserved in `files`.
fn check_entry(
    archive: &ZipArchive<Cursor<&[u8]>>,
    index: usize,
    files: &mut Files,
) -> Result<String, PackError> {
    let entry = archive
        .by_index_data(index)
        .map_err(|error| refused(MASK, "an entry", error))?;
    let Ok(name) = core::str::from_utf8(entry.name_raw()) else {
        return Err(refused(MASK, "names in ASCII", "others"));
    };
    // An extra field may give another name, which other readers would take.
    if !entry.name().is_ok_and(|it| it == name) && name.is_ascii() {
        return Err(refused(name, "one name", "two"));
    }
    if index == 0 && name != MANIFEST_PATH {
        return Err(refused(
            MASK,
            &format!("{MANIFEST_PATH:?} as the first entry"),
            quoted(name),
        ));
    }
    files.reserve(name)?;
    if !entry.is_file()
        || entry
            .unix_mode()
            .is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000))
    {
        return Err(refused(
            name,
            "a plain file",
            "a link, a folder or something else",
        ));
    }
    if entry.encrypted() {
        return Err(refused(name, "an entry without encryption", "an encrypted one"));
    }
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(refused(name, "stored or deflate", "another method"));
    }
    let (packed, unpacked) = (entry.compressed_size(), entry.size());
    if unpacked > files.room(name) as u64 {
        return Err(PackError::TooMany {
            place: Place::file(name),
            what: "bytes",
            expected: files.room(name) as u64,
            found: unpacked,
        });
    }
    if unpacked > RATIO_FREE_BYTES && unpacked > packed.saturating_mul(MAX_RATIO) {
        return Err(PackError::TooMany {
            place: Place::file(name),
            what: "bytes for each packed one",
            expected: MAX_RATIO,
            found: unpacked / packed.max(1),
        });
    }
    Ok(name.to_owned())
}

fn refused(file: &str, expected: &str, found: impl core::fmt::Display) -> PackError {
    PackError::Container {
        place: Place::file(file),
        expected: expected.to_owned(),
        found: found.to_string(),
    }
}

/// The files in a `.mask` file, by their paths: for tools. [`Pack::from_mask`](crate::Pack::from_mask) reads one whole.
///
/// # Errors
/// [`PackError::Container`] or [`PackError::TooMany`] if it breaks a rule of the container.
pub fn read_mask(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, PackError> {
    Ok(read(bytes)?.into_inner())
}

/// Writes a `.mask` file of `files`, at most [`MAX_MASK_BYTES`](crate::limits::MAX_MASK_BYTES) long: the manifest
/// first, the others by name, without times. The same files make the same bytes, with one version of this library.
///
/// Only the rules of the container are checked; [`Pack::from_files`](crate::Pack::from_files) reads the rest.
///
/// # Errors
/// [`PackError::Container`] or [`PackError::TooMany`] if the files break a rule of the container, or cannot be written.
pub fn write_mask(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    out: impl Write + Seek,
) -> Result<(), PackError> {
    let files = Files::collect(files)?;
    let manifest = [(MANIFEST_PATH, files.manifest()?)];
    let others = files.iter().filter(|(path, _)| *path != MANIFEST_PATH);
    let failed = |error: ZipError| refused(MASK, "to be written", error);
    let mut zip = ZipWriter::new(out);
    for (path, bytes) in manifest.into_iter().chain(others) {
        let method = if is_packed(path) {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(0o644);
        zip.start_file(path, options).map_err(failed)?;
        zip.write_all(bytes).map_err(|error| failed(error.into()))?;
    }
    let mut out = zip.finish().map_err(failed)?;
    let length = out.stream_position().map_err(|error| failed(error.into()))?;
    if length > MAX_MASK_BYTES as u64 {
        return Err(PackError::TooMany {
            place: Place::file(MASK),
            what: "bytes",
            expected: MAX_MASK_BYTES as u64,
            found: length,
        });
    }
    Ok(())
}

/// Whether a file is compressed already.
fn is_packed(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["jpeg", "jpg", "png", "webp"]
        .iter()
        .any(|packed| extension.eq_ignore_ascii_case(packed))
}
