//! The packs of this project: each is read without a warning, and travels as one file.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::{Scratch, fx};
use moretta_pack::{Pack, read_mask};

/// The folder of each pack: those with a manifest.
fn packs() -> Vec<PathBuf> {
    let effects = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../effects");
    let entries = std::fs::read_dir(effects).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut packs: Vec<_> = folders
        .filter(|folder| folder.join("effect.json").is_file())
        .collect();
    packs.sort();
    assert!(packs.len() >= 12, "the packs are where they were: {packs:?}");
    packs
}

fn words(packs: &[PathBuf]) -> Vec<&str> {
    packs.iter().map(|path| path.to_str().unwrap()).collect()
}

#[test]
fn every_pack_is_valid_without_a_warning() {
    fx([vec!["validate", "--deny-warnings"], words(&packs())].concat()).expect(0);
}

#[test]
fn every_pack_reads_back_equal_from_one_file() {
    let scratch = Scratch::new("effects");
    for folder in packs() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let mask = scratch.path(&format!("{name}.mask"));
        fx(["pack", "--with-tests", folder.to_str().unwrap(), "-o", &mask]).expect(0);
        let mask = scratch.read(&format!("{name}.mask"));
        let pack = Pack::from_mask(&mask).unwrap();
        assert!(pack.warnings().is_empty(), "{name}: {:?}", pack.warnings());
        let (found, expected) = (read_mask(&mask).unwrap(), files(&folder, ""));
        assert!(found.len() > 1 && found.keys().eq(expected.keys()), "{name}");
        assert!(found == expected, "{name}: the same bytes");
    }
}

/// The files in a folder, by their paths in the pack.
fn files(folder: &Path, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            files.extend(self::files(&path, &format!("{name}/")));
        } else {
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    files
}
