//! The packs of this project: each is read without a warning, travels as one file, and draws its goldens.

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

#[test]
fn every_pack_draws_its_goldens() {
    let printed = fx([vec!["diff", "--software"], words(&packs())].concat()).expect(0);
    for pack in packs() {
        let manifest = std::fs::read(pack.join("effect.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        let tests = manifest["tests"].as_array().unwrap();
        assert!(!tests.is_empty(), "{pack:?}");
        for test in tests {
            let golden = test["golden"].as_str().unwrap();
            let found = format!("{}: {golden}: as expected: ", pack.display());
            assert!(printed.contains(&found), "{found} expected, found {printed}");
        }
    }
}

/// The control: a golden of another pack, and a part that is missing, are found.
#[test]
fn a_pack_does_not_draw_the_goldens_of_another() {
    let scratch = Scratch::new("effects_control");
    let effects = packs()[0].parent().unwrap().to_owned();
    let golden = |pack: &str| std::fs::read(effects.join(pack).join("tests/neutral.png")).unwrap();
    let put = |name: &str| {
        for (path, bytes) in files(&effects.join(name), "") {
            scratch.put(&format!("{name}/{path}"), bytes);
        }
    };
    // The two that look most alike, and one whose drawing is a few hairs.
    ["glasses", "glasses3d", "moustache"].into_iter().for_each(put);
    let packs = ["glasses", "glasses3d", "moustache"].map(|name| scratch.path(name));
    let diff = || {
        fx(["diff", "--software"]
            .into_iter()
            .chain(packs.iter().map(String::as_str)))
    };
    diff().expect(0);
    scratch.put("glasses/tests/neutral.png", golden("glasses3d"));
    scratch.put("glasses3d/tests/neutral.png", golden("glasses"));
    let manifest = String::from_utf8(scratch.read("moustache/effect.json")).unwrap();
    let hidden = manifest.replace(r#""opacity": "param.opacity""#, r#""opacity": 0"#);
    assert_ne!(hidden, manifest);
    scratch.put("moustache/effect.json", hidden);
    let printed = diff().expect(1);
    assert!(printed.contains("error: 3 of 4 pictures differ"), "{printed}");
}

/// The control: what the head hides, and parts as small as one spark, are part of what is compared.
#[test]
fn a_part_that_is_missing_or_not_hidden_is_found() {
    let scratch = Scratch::new("effects_parts");
    let effects = packs()[0].parent().unwrap().to_owned();
    for (number, (pack, from, to)) in [
        ("glasses3d", r#""occluder": "head""#, r#""occluder": "none""#),
        ("hat", r#""occluder": "head""#, r#""occluder": "none""#),
        ("crown", r#""occlude": "face""#, r#""occlude": "none""#),
        ("opera", r#""occlude": "face""#, r#""occlude": "none""#),
        (
            "opera",
            r#""id": "beard_left","#,
            r#""id": "beard_left", "opacity": 0,"#,
        ),
        (
            "monkey-king",
            r#""opacity": "smooth(smoothstep("#,
            r#""opacity": "0 * smooth(smoothstep("#,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let copy = format!("{pack}-{number}");
        for (path, bytes) in files(&effects.join(pack), "") {
            scratch.put(&format!("{copy}/{path}"), bytes);
        }
        let manifest = String::from_utf8(scratch.read(&format!("{copy}/effect.json"))).unwrap();
        assert!(manifest.contains(from), "{pack}: {from}");
        scratch.put(&format!("{copy}/effect.json"), manifest.replace(from, to));
        let printed = fx(["diff", "--software", &scratch.path(&copy)]).expect(1);
        assert!(printed.contains("differs: "), "{pack}, {to}: {printed}");
    }
}

/// What a checkout pays for the goldens.
#[test]
fn the_goldens_stay_small() {
    let goldens = packs().into_iter().flat_map(|pack| files(&pack, ""));
    let sizes = goldens.filter(|(path, _)| path.starts_with("tests/"));
    let all: usize = sizes.map(|(_, bytes)| bytes.len()).sum();
    assert!((100_000..1_600_000).contains(&all), "{all} bytes");
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
