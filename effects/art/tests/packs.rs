//! Each pack in `effects` is read without a warning, and says what an app wants to show.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::collections::BTreeMap;
use std::path::Path;

use moretta_art::packs;
use moretta_pack::manifest::Text;
use moretta_pack::{Pack, Quality};

fn files(name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

fn warnings(name: &str, files: BTreeMap<String, Vec<u8>>) -> Vec<String> {
    match Pack::from_files(files) {
        Ok(pack) => pack.warnings().iter().map(|it| format!("{name}: {it}")).collect(),
        Err(error) => vec![format!("{name}: {error}")],
    }
}

#[test]
fn each_pack_is_read_without_a_warning() {
    for name in packs::names() {
        assert_eq!(warnings(name, files(name)), [""; 0]);
    }
}

/// The control: what is wrong is said.
#[test]
fn what_is_wrong_with_a_pack_is_said() {
    let mut more = files("glasses");
    more.insert("spare.png".to_owned(), Vec::new());
    assert_eq!(warnings("glasses", more).len(), 1, "a file that nothing names");

    let mut less = files("glasses");
    assert!(less.remove("glasses.png").is_some());
    assert_eq!(warnings("glasses", less).len(), 1, "a file that is missing");

    let mut odd = files("glasses");
    let manifest = String::from_utf8(odd["effect.json"].clone()).unwrap();
    let changed = manifest.replacen("\"nose_bridge\"", "\"nose_bride\"", 1);
    assert_ne!(changed, manifest);
    odd.insert("effect.json".to_owned(), changed.into_bytes());
    assert_eq!(warnings("glasses", odd).len(), 1, "an anchor that is not");
}

fn in_both_languages(text: &Text) -> bool {
    let Text::ByLanguage(texts) = text else {
        return false;
    };
    texts.keys().map(String::as_str).eq(["en", "zh"]) && texts.values().all(|it| !it.is_empty())
}

#[test]
fn each_pack_says_what_it_is() {
    for name in packs::names() {
        let pack = Pack::from_files(files(name)).unwrap();
        let manifest = pack.manifest();
        assert_eq!(manifest.id, format!("org.moretta.{name}"));
        assert_eq!(manifest.author, "Moretta contributors");
        assert_eq!(manifest.license, "CC0-1.0");
        assert!(in_both_languages(&manifest.name), "{name}");
        assert!(
            manifest.description.as_ref().is_some_and(in_both_languages),
            "{name}"
        );
        assert!(!manifest.requires.features.is_empty(), "{name}");
        assert!(!pack.effect().inputs.is_empty(), "{name}: something to set");
        for input in &pack.effect().inputs {
            let languages: Vec<&str> = input
                .label
                .iter()
                .map(|(language, _)| language.as_str())
                .collect();
            assert_eq!(languages, ["en", "zh"], "{name}: {}", input.name);
        }
    }
    assert!(!in_both_languages(&Text::Plain("Cat".to_owned())), "the control");
}

#[test]
fn each_pack_has_a_thumbnail() {
    for name in packs::names() {
        let pack = Pack::from_files(files(name)).unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(pack.preview().unwrap()));
        let reader = decoder.read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (256, 256), "{name}");
    }
}

#[test]
fn low_quality_costs_less() {
    // One flat picture and a table of colours cost next to nothing already.
    let cheap = ["noir"];
    for name in packs::names() {
        let pack = Pack::from_files(files(name)).unwrap();
        let effect = pack.effect();
        let drawn = |quality: Quality| {
            let nodes = effect.nodes.iter().filter(|it| it.drawn[quality.index()]).count();
            nodes * effect.max_faces[quality.index()]
        };
        assert!(drawn(Quality::Low) > 0, "{name}");
        assert_eq!(
            drawn(Quality::Low) < drawn(Quality::High),
            !cheap.contains(&name),
            "{name}"
        );
    }
}

/// What `README.md` says of the packs is what they say of themselves.
#[test]
fn the_readme_lists_each_pack() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|it| it.starts_with("| `")).collect();
    assert_eq!(rows.len(), packs::names().count());
    for (row, name) in rows.iter().zip(packs::names()) {
        let pack = Pack::from_files(files(name)).unwrap();
        let Text::ByLanguage(texts) = &pack.manifest().name else {
            panic!("{name}: one name for all languages");
        };
        assert!(
            row.starts_with(&format!("| `{name}` | {}, {} |", texts["en"], texts["zh"])),
            "{row}"
        );
        assert!(row.ends_with("| CC0-1.0 |"), "{row}");
    }
}
