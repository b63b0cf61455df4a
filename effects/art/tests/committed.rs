//! The files in `effects` are those that this crate draws, byte for byte.
//!
//! Drawing uses floating point, and sines and powers of the platform's library. Where that is another one than where the
//! files are made (glibc, on x86-64 with fused multiply-add), a last bit may differ, and only which files there are is
//! compared.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use moretta_art::packs::{self, File};
use moretta_art::{Sources, face_map};

#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
fn same_bytes() -> bool {
    std::arch::is_x86_feature_detected!("fma")
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
fn same_bytes() -> bool {
    false
}

/// Written by hand, in each pack.
const MANIFEST: &str = "effect.json";

fn effects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Without `tests`: what is in it is drawn by the renderer, and compared with that by `moretta-fx`.
fn committed(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|path| !path.ends_with("tests"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

/// What is missing, left over or different, by name.
fn differences(drawn: &[File], mut committed: BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut differences = Vec::new();
    if committed.remove(MANIFEST).is_none() {
        differences.push(format!("{MANIFEST} is missing"));
    }
    for file in drawn {
        match committed.remove(&file.path) {
            None => differences.push(format!("{} is missing", file.path)),
            Some(bytes) if same_bytes() && bytes != file.bytes => {
                differences.push(format!("{} differs", file.path));
            }
            Some(_) => {}
        }
    }
    differences.extend(committed.into_keys().map(|it| format!("{it} is not drawn")));
    differences
}

fn check(name: &str) {
    let drawn = packs::draw(name, &Sources::of_this_crate()).unwrap();
    let committed = committed(&effects().join(name));
    assert_eq!(
        differences(&drawn, committed.clone()),
        [""; 0],
        "{name}: `cargo run -p moretta-art` draws it anew"
    );

    // The control: one byte, one file more and one less are found.
    let mut changed = drawn.clone();
    changed[0].bytes[9] ^= 1;
    assert_eq!(
        differences(&changed, committed.clone()).len(),
        usize::from(same_bytes())
    );
    assert_eq!(
        differences(&drawn[1..], committed.clone()),
        [format!("{} is not drawn", drawn[0].path)]
    );
    let mut less = committed;
    less.remove(&drawn[0].path);
    assert_eq!(
        differences(&drawn, less),
        [format!("{} is missing", drawn[0].path)]
    );
}

macro_rules! each_pack {
    ($($test:ident = $name:literal,)*) => {
        /// A test each, so that they run side by side.
        const CHECKED: &[&str] = &[$($name),*];
        $( #[test] fn $test() { check($name); } )*
    };
}

each_pack! {
    blink = "blink",
    bunny = "bunny",
    butterfly = "butterfly",
    cat = "cat",
    crown = "crown",
    fire = "fire",
    football = "football",
    glasses = "glasses",
    glasses3d = "glasses3d",
    golden_hour = "golden-hour",
    hat = "hat",
    monkey_king = "monkey-king",
    moretta = "moretta",
    moustache = "moustache",
    noir = "noir",
    opera = "opera",
    photo = "photo",
    swap = "swap",
}

#[test]
fn each_pack_is_checked_and_each_folder_is_a_pack() {
    assert!(packs::names().eq(CHECKED.iter().copied()));
    let mut folders: Vec<String> = std::fs::read_dir(effects())
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| it.file_type().unwrap().is_dir() && it.file_name() != "art")
        .map(|it| it.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert!(packs::names().eq(folders));
}

#[test]
fn the_map_of_the_face_is_as_drawn() {
    let committed = std::fs::read_to_string(effects().join("art/face-map.svg")).unwrap();
    assert_eq!(committed, face_map::map());
    assert_ne!(
        committed.replacen("512", "513", 1),
        face_map::map(),
        "the control"
    );
}

/// What an app downloads: all packs, without their sources.
#[test]
fn the_packs_stay_small() {
    let size = |name: &str| -> usize {
        let files = committed(&effects().join(name));
        files.values().map(Vec::len).sum()
    };
    let all: usize = packs::names().map(size).sum();
    assert!(all < 4 << 20, "{all} bytes");
    for name in packs::names() {
        assert!(
            (10_000..700_000).contains(&size(name)),
            "{name}: {} bytes",
            size(name)
        );
    }
}
