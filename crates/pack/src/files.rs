//! The files of a pack: names and bytes, within the limits, whatever they come from.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{PackError, Place, quoted};
use crate::limits::{
    MAX_FILE_BYTES, MAX_FILES, MAX_MANIFEST_BYTES, MAX_PACK_BYTES, MAX_PATH_BYTES, MAX_PATH_PARTS,
};

/// Where the manifest lies.
pub const MANIFEST_PATH: &str = "effect.json";

/// What a message calls the whole, where no file of it is meant.
pub(crate) const WHOLE: &str = "the pack";

/// The files of a pack, by path.
#[derive(Clone, Default)]
pub(crate) struct Files {
    files: BTreeMap<String, Vec<u8>>,
    /// The paths in lower case.
    folded: BTreeSet<String>,
    bytes: usize,
}

impl Files {
    /// Checks and adds each file; the order does not matter.
    pub(crate) fn collect(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, PackError> {
        let mut all = Self::default();
        for (path, bytes) in files {
            all.reserve(&path)?;
            all.insert(path, bytes)?;
        }
        Ok(all)
    }

    /// Checks that one more file may lie at `path`, before anything of it is read.
    pub(crate) fn reserve(&mut self, path: &str) -> Result<(), PackError> {
        check_path(path).map_err(|expected| PackError::Container {
            place: Place::file(WHOLE),
            expected,
            found: quoted(path),
        })?;
        if !self.folded.insert(path.to_ascii_lowercase()) {
            return Err(PackError::Container {
                place: Place::file(path),
                expected: "one file by this name, in whatever case,".to_owned(),
                found: "another".to_owned(),
            });
        }
        if self.folded.len() > MAX_FILES {
            return Err(PackError::TooMany {
                place: Place::file(WHOLE),
                what: "files",
                expected: MAX_FILES as u64,
                found: self.folded.len() as u64,
            });
        }
        Ok(())
    }

    /// How many bytes the file at `path` may have, with all that are there already.
    pub(crate) fn room(&self, path: &str) -> usize {
        file_limit(path).min(MAX_PACK_BYTES.saturating_sub(self.bytes))
    }

    /// Adds a file that was [reserved](Self::reserve).
    pub(crate) fn insert(&mut self, path: String, bytes: Vec<u8>) -> Result<(), PackError> {
        let too_many = |place: &str, expected: usize, found: usize| PackError::TooMany {
            place: Place::file(place),
            what: "bytes",
            expected: expected as u64,
            found: found as u64,
        };
        if bytes.len() > file_limit(&path) {
            return Err(too_many(&path, file_limit(&path), bytes.len()));
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MAX_PACK_BYTES {
            return Err(too_many(WHOLE, MAX_PACK_BYTES, self.bytes));
        }
        self.files.insert(path, bytes);
        Ok(())
    }

    pub(crate) fn into_inner(self) -> BTreeMap<String, Vec<u8>> {
        self.files
    }

    pub(crate) fn find(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    pub(crate) fn take(&mut self, path: &str) -> Option<Vec<u8>> {
        self.files.remove(path)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    pub(crate) fn manifest(&self) -> Result<&[u8], PackError> {
        self.find(MANIFEST_PATH).ok_or_else(|| PackError::Container {
            place: Place::file(WHOLE),
            expected: format!("a file {MANIFEST_PATH:?}"),
            found: "none".to_owned(),
        })
    }
}

fn file_limit(path: &str) -> usize {
    if path == MANIFEST_PATH {
        MAX_MANIFEST_BYTES
    } else {
        MAX_FILE_BYTES
    }
}

/// Checks the form of a path in a pack; says what was expected if it is none.
pub(crate) fn check_path(path: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'-' | b'/');
    if path.is_empty() || path.len() > MAX_PATH_BYTES || !path.bytes().all(plain) {
        return Err(format!(
            "a path of 1 to {MAX_PATH_BYTES} letters, digits, ., _, - and / between folders"
        ));
    }
    if path.split('/').count() > MAX_PATH_PARTS {
        return Err(format!("a path of at most {MAX_PATH_PARTS} levels"));
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("a relative path without empty, . or .. parts".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_plain_and_stay_inside() {
        let longest = "a".repeat(MAX_PATH_BYTES);
        for path in [
            "effect.json",
            "a/b-c_d.1/E.png",
            ".hidden",
            "...",
            "1/2/3/4/5/6/7/8",
            &longest,
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        let too_long = "a".repeat(MAX_PATH_BYTES + 1);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "a/",
            "a//b",
            "./a",
            "a/..",
            "../a",
            "..",
            "C:\\a",
            "C:a",
            "a\\b",
            "a b",
            "a\0b",
            "ä.png",
            "1/2/3/4/5/6/7/8/9",
            &too_long,
        ] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }

    #[test]
    fn names_are_unique_in_whatever_case() {
        let files =
            |second: &str| Files::collect([("a/ear.png".to_owned(), vec![]), (second.to_owned(), vec![])]);
        assert!(files("a/ear2.png").is_ok());
        for same in ["a/ear.png", "A/EAR.png"] {
            assert!(matches!(files(same), Err(PackError::Container { .. })), "{same}");
        }
    }

    #[test]
    fn there_are_limits() {
        let many = |count: usize| Files::collect((0..count).map(|i| (format!("f{i}"), vec![])));
        assert!(many(MAX_FILES).is_ok());
        assert!(matches!(
            many(MAX_FILES + 1),
            Err(PackError::TooMany { what: "files", .. })
        ));

        let one = |path: &str, bytes: usize| Files::collect([(path.to_owned(), vec![0; bytes])]);
        assert!(one("a.bin", MAX_FILE_BYTES).is_ok());
        assert!(one("a.bin", MAX_FILE_BYTES + 1).is_err());
        assert!(one(MANIFEST_PATH, MAX_MANIFEST_BYTES).is_ok());
        assert!(one(MANIFEST_PATH, MAX_MANIFEST_BYTES + 1).is_err());

        let whole = MAX_PACK_BYTES / MAX_FILE_BYTES;
        let full = |more: usize| {
            let full = (0..whole).map(|i| (format!("f{i}"), vec![0; MAX_FILE_BYTES]));
            Files::collect(full.chain([("last".to_owned(), vec![0; more])]))
        };
        assert!(full(0).is_ok());
        assert!(matches!(full(1), Err(PackError::TooMany { what: "bytes", .. })));
    }
}
