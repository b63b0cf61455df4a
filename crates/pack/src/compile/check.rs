//! What a manifest says about itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::param::Param;
use crate::asset::Ledger;
use crate::effect::Quality;
use crate::error::{PackError, Place, quoted};
use crate::files::{MANIFEST_PATH, check_path};
use crate::limits::{
    MAX_ASSETS, MAX_FACES, MAX_LANGUAGES, MAX_LINE_CHARS, MAX_NODES, MAX_PACK_ID_CHARS, MAX_PARAMS,
    MAX_PLAY_MS, MAX_STATES, MAX_TESTS, MAX_TEXT_CHARS, MAX_TEXTURE_BYTES, MAX_TRIANGLES, MAX_TRIGGERS,
    MAX_WAIT_MS,
};
use crate::manifest::{FORMAT_VERSION, LevelSpec, Manifest, NodeSpec, Text};
use crate::number::{Names, check_id, signal_names};
use crate::read::{Pointer, ReadError, describe_value, one_of};

/// The features that this version knows: kinds of nodes and types of assets.
const FEATURES: [&str; 9] = [
    "sticker2d",
    "face_paint",
    "face_swap",
    "prop3d",
    "overlay",
    "lut",
    "image",
    "sprite_sheet",
    "gltf",
];

/// Checks that a manifest is one that this version reads, before anything else of it is looked at.
pub(crate) fn check_versions(manifest: &Value) -> Result<(), PackError> {
    let version_error = |key: &str, expected: String, found: String| PackError::Version {
        place: Place::new(MANIFEST_PATH, Pointer::Root.key(key).to_string()),
        expected,
        found,
    };
    let text = |key: &str| match manifest.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(other) => Err(version_error(key, "a string".to_owned(), describe_value(other))),
    };
    if !manifest.is_object() {
        let error = ReadError::new("a manifest", describe_value(manifest));
        return Err(super::manifest_error(error));
    }
    match text("format")? {
        Some("mask") => {}
        found => return Err(version_error("format", "\"mask\"".to_owned(), none_or(found))),
    }
    let (major, minor) = FORMAT_VERSION;
    let version = text("version")?;
    let read = version.and_then(numbers);
    if !read.is_some_and(|numbers| numbers.len() == 2 && numbers[0] == major) {
        let expected = format!("a version {major}.x (such as {major}.{minor})");
        return Err(version_error("version", expected, none_or(version)));
    }
    let Some(wanted) = text("min_engine")? else {
        return Ok(());
    };
    let engine = env!("CARGO_PKG_VERSION");
    let fits = match (numbers(wanted), numbers(engine)) {
        (Some(mut wanted), Some(engine)) if (2..=3).contains(&wanted.len()) => {
            wanted.resize(3, 0);
            wanted <= engine
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let expected = format!("a version up to {engine}, which this engine is,");
    Err(version_error("min_engine", expected, quoted(wanted)))
}

fn none_or(found: Option<&str>) -> String {
    found.map_or_else(|| "none".to_owned(), quoted)
}

/// The numbers of a version.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let part = |part: &str| Some(part).filter(|it| plain(it))?.parse().ok();
    version.split('.').map(part).collect()
}

/// Checks everything of the manifest that is not about nodes, triggers, parameters and files.
pub(super) fn check_head(manifest: &Manifest) -> Result<(), ReadError> {
    let root = Pointer::Root;
    check_pack_id(&manifest.id).map_err(|error| error.at(&root.key("id")))?;
    check_text(&manifest.name, &root.key("name"))?;
    if let Some(text) = &manifest.description {
        check_text(text, &root.key("description"))?;
    }
    for (key, line) in [("author", &manifest.author), ("license", &manifest.license)] {
        check_line(line, MAX_LINE_CHARS).map_err(|error| error.at(&root.key(key)))?;
    }
    if let Some(path) = &manifest.preview {
        check_file(path).map_err(|error| error.at(&root.key("preview")))?;
    }
    for (key, count, most) in [
        ("assets", manifest.assets.len(), MAX_ASSETS),
        ("params", manifest.params.len(), MAX_PARAMS),
        ("nodes", manifest.nodes.len(), MAX_NODES),
        ("states", manifest.states.len(), MAX_STATES),
        ("triggers", manifest.triggers.len(), MAX_TRIGGERS),
        ("tests", manifest.tests.len(), MAX_TESTS),
    ] {
        if count > most {
            return Err(ReadError::new(format_args!("at most {most}"), count).at(&root.key(key)));
        }
    }
    check_conventions(manifest)?;
    check_requires(manifest)?;
    unique("assets", manifest.assets.keys().map(String::as_str), false)?;
    unique("states", manifest.states.iter().map(String::as_str), true)
}

fn check_pack_id(id: &str) -> Result<(), ReadError> {
    let part = |part: &str| {
        let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        !part.is_empty() && part.bytes().all(plain)
    };
    if id.len() <= MAX_PACK_ID_CHARS && id.contains('.') && id.split('.').all(part) {
        return Ok(());
    }
    let expected = format!(
        "a reverse domain name of lower-case letters, digits and - (such as org.example.cat), up to {MAX_PACK_ID_CHARS} characters"
    );
    Err(ReadError::new(expected, quoted(id)))
}

/// Checks a text for people.
pub(super) fn check_text(text: &Text, place: &Pointer<'_>) -> Result<(), ReadError> {
    let texts = match text {
        Text::Plain(text) => return check_line(text, MAX_TEXT_CHARS).map_err(|error| error.at(place)),
        Text::ByLanguage(texts) => texts,
    };
    if texts.is_empty() || texts.len() > MAX_LANGUAGES {
        let expected = format!("texts in 1 to {MAX_LANGUAGES} languages");
        return Err(ReadError::new(expected, texts.len()).at(place));
    }
    for (language, text) in texts {
        let place = place.key(language);
        let plain = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
        if !(2..=35).contains(&language.len()) || !language.bytes().all(plain) {
            return Err(
                ReadError::new("a language tag (such as en or zh-Hans)", quoted(language)).at(&place),
            );
        }
        check_line(text, MAX_TEXT_CHARS).map_err(|error| error.at(&place))?;
    }
    Ok(())
}

fn check_line(line: &str, most: usize) -> Result<(), ReadError> {
    let characters = line.chars().count();
    if (1..=most).contains(&characters) && !line.chars().any(char::is_control) {
        return Ok(());
    }
    let expected = format!("1 to {most} characters without control characters");
    let found = if characters > most {
        characters.to_string()
    } else {
        quoted(line)
    };
    Err(ReadError::new(expected, found))
}

/// Checks the form of a path in a manifest.
pub(super) fn check_file(path: &str) -> Result<(), ReadError> {
    check_path(path).map_err(|expected| ReadError::new(expected, quoted(path)))
}

fn check_conventions(manifest: &Manifest) -> Result<(), ReadError> {
    let conventions = &manifest.conventions;
    for (key, found, only) in [
        ("left_right", &conventions.left_right, "subject"),
        ("uv", &conventions.uv, "canonical468"),
        ("units", &conventions.units, "mm"),
    ] {
        if let Some(found) = found.as_ref().filter(|it| *it != only) {
            let place = Pointer::Root.key("conventions");
            return Err(ReadError::new(one_of([only]), quoted(found)).at(&place.key(key)));
        }
    }
    Ok(())
}

fn check_requires(manifest: &Manifest) -> Result<(), ReadError> {
    let requires = Pointer::Root.key("requires");
    let faces = manifest.requires.faces;
    let place = requires.key("faces");
    check_range("max", faces.max, 1, MAX_FACES, &place)?;
    check_range("min", faces.min, 0, faces.max, &place)?;
    let signals: Vec<&str> = signal_names().chain(["landmarks", "blendshapes"]).collect();
    for (key, wanted, known) in [
        ("signals", &manifest.requires.signals, signals.as_slice()),
        ("features", &manifest.requires.features, FEATURES.as_slice()),
    ] {
        let place = requires.key(key);
        for (item, name) in wanted.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let expected = one_of(known.iter().copied());
                return Err(ReadError::new(expected, quoted(name)).at(&place.item(item)));
            }
        }
    }
    Ok(())
}

fn check_range(key: &str, found: u32, least: u32, most: u32, place: &Pointer<'_>) -> Result<(), ReadError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(ReadError::new(format_args!("{least} to {most}"), found).at(&place.key(key)))
}

/// Checks the ids of the list or object under `key`.
fn unique<'i>(key: &str, ids: impl Iterator<Item = &'i str>, list: bool) -> Result<(), ReadError> {
    let outer = Pointer::Root.key(key);
    let mut known = BTreeSet::new();
    for (item, id) in ids.enumerate() {
        let place = if list { outer.item(item) } else { outer.key(id) };
        check_id(id).map_err(|error| error.at(&place))?;
        if !known.insert(id) {
            return Err(ReadError::new("an id of its own", quoted(id)).at(&place));
        }
    }
    Ok(())
}

/// The id of each node, in the order of the manifest.
pub(super) fn node_ids(manifest: &Manifest) -> Result<Vec<String>, ReadError> {
    let list = Pointer::Root.key("nodes");
    let mut ids: Vec<String> = Vec::new();
    for (item, node) in manifest.nodes.iter().enumerate() {
        let place = list.item(item);
        let id = match node {
            NodeSpec::Unknown(node) => node.get("id").and_then(Value::as_str),
            known => known.common().and_then(|common| common.id),
        };
        let id = id.ok_or_else(|| ReadError::new("a key \"id\"", "none").at(&place))?;
        let place = place.key("id");
        check_id(id).map_err(|error| error.at(&place))?;
        if ids.iter().any(|known| known == id) {
            return Err(ReadError::new("an id of its own", quoted(id)).at(&place));
        }
        ids.push(id.to_owned());
    }
    Ok(ids)
}

/// The levels of a manifest, with their names.
pub(super) fn levels(manifest: &Manifest) -> [(&'static str, &LevelSpec); Quality::ALL.len()] {
    let quality = &manifest.quality;
    [
        ("low", &quality.low),
        ("medium", &quality.medium),
        ("high", &quality.high),
    ]
}

pub(super) fn check_quality(manifest: &Manifest, names: &Names<'_>) -> Result<(), ReadError> {
    let outer = Pointer::Root.key("quality");
    for (name, level) in levels(manifest) {
        let place = outer.key(name);
        let list = place.key("disable");
        for (item, id) in level.disable.iter().enumerate() {
            names.node(id).map_err(|error| error.at(&list.item(item)))?;
        }
        if let Some(faces) = level.max_faces {
            check_range("max_faces", faces, 1, MAX_FACES, &place)?;
        }
    }
    Ok(())
}

/// Whether anything but the test of this number names a file.
fn is_named_elsewhere(path: &str, test: usize, manifest: &Manifest) -> bool {
    let mut assets = manifest.assets.values().filter_map(|asset| asset.file());
    let mut tests = manifest.tests.iter().enumerate();
    path == MANIFEST_PATH
        || manifest.preview.as_deref() == Some(path)
        || assets.any(|(file, _)| file == path)
        || tests.any(|(other, it)| it.input == path || (other != test && it.golden == path))
}

pub(super) fn check_tests(
    manifest: &Manifest,
    params: &[Param<'_>],
    ledger: &mut Ledger,
) -> Result<(), ReadError> {
    let list = Pointer::Root.key("tests");
    for (item, test) in manifest.tests.iter().enumerate() {
        let place = list.item(item);
        let input = place.key("input");
        match test.input.strip_prefix("builtin:") {
            Some(name) => check_id(name).map_err(|error| error.at(&input))?,
            None => {
                check_file(&test.input).map_err(|error| error.at(&input))?;
                ledger.files_read.push(test.input.clone());
            }
        }
        let golden = place.key("golden");
        check_file(&test.golden).map_err(|error| error.at(&golden))?;
        // Whoever accepts a golden writes it.
        if is_named_elsewhere(&test.golden, item, manifest) {
            let error = ReadError::new("a file that nothing else names", quoted(&test.golden));
            return Err(error.at(&golden));
        }
        ledger.files_read.push(test.golden.clone());
        check_ms(test.at_ms, 0.0, MAX_WAIT_MS, &place.key("at_ms"))?;
        let outer = place.key("params");
        for (id, setting) in &test.params {
            let place = outer.key(id);
            let Some(param) = params.iter().find(|param| param.spec.id == *id) else {
                return Err(ReadError::new("the id of a parameter", quoted(id)).at(&place));
            };
            param.check(*setting, &place)?;
        }
    }
    Ok(())
}

/// Checks a time in milliseconds.
pub(super) fn check_ms(found: f32, least: f32, most: f32, place: &Pointer<'_>) -> Result<(), ReadError> {
    debug_assert!(most <= MAX_PLAY_MS);
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(ReadError::new(format_args!("{least} to {most}"), found).at(place))
}

/// Checks what the assets take against what the pack promised.
pub(super) fn check_budget(manifest: &Manifest, ledger: &Ledger) -> Result<(), PackError> {
    const MIB: f64 = (1 << 20) as f64;
    let budget = manifest.budget;
    let most = (MAX_TEXTURE_BYTES as f64 / MIB) as f32;
    let place = Pointer::Root.key("budget");
    if let Some(mib) = budget.texture_mb.filter(|it| !(0.0..=most).contains(it)) {
        let error = ReadError::new(format_args!("0 to {most}"), mib);
        return Err(super::manifest_error(error.at(&place.key("texture_mb"))));
    }
    for (key, found, most) in [
        ("triangles", budget.triangles, MAX_TRIANGLES as u32),
        ("draws", budget.draws, MAX_NODES as u32),
    ] {
        check_range(key, found.unwrap_or_default(), 0, most, &place).map_err(super::manifest_error)?;
    }
    let texture_bytes = budget.texture_mb.map(|mib| (f64::from(mib) * MIB) as u64);
    for (key, what, expected, found) in [
        (
            "texture_mb",
            "bytes of pictures",
            texture_bytes,
            ledger.texture_bytes,
        ),
        (
            "triangles",
            "triangles",
            budget.triangles.map(u64::from),
            ledger.triangles,
        ),
        (
            "draws",
            "nodes",
            budget.draws.map(u64::from),
            manifest.nodes.len() as u64,
        ),
    ] {
        if let Some(expected) = expected.filter(|expected| found > *expected) {
            return Err(PackError::TooMany {
                place: Place::new(MANIFEST_PATH, place.key(key).to_string()),
                what,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// Notes the signals that are used and not listed, if there is a list.
pub(super) fn check_signals(manifest: &Manifest, used: &BTreeSet<&'static str>, ledger: &mut Ledger) {
    let listed = &manifest.requires.signals;
    if listed.is_empty() {
        return;
    }
    for name in used {
        if !listed.iter().any(|it| it == name) {
            let place = Place::new(MANIFEST_PATH, "/requires/signals".to_owned());
            ledger.warn(
                place,
                "all signals that are used",
                format_args!("{name:?} not among them"),
            );
        }
    }
}
