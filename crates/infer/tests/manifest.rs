//! `models/manifest.toml`, the files beside it and the code say the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;

use moretta_infer::{ModelKind, Sha256, TensorSpec};
use toml::{Table, Value};

fn models() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn manifest() -> Table {
    fs::read_to_string(models().join("manifest.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

fn entries<'t>(table: &'t Table, key: &str) -> &'t [Value] {
    table[key].as_array().unwrap()
}

fn text<'t>(entry: &'t Value, key: &str) -> &'t str {
    entry[key].as_str().unwrap()
}

fn key(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::ShortRange => "short_range",
        ModelKind::FullRange => "full_range",
        ModelKind::Landmarks => "landmarks",
        ModelKind::Blendshapes => "blendshapes",
    }
}

fn assert_tensor(entry: &Value, spec: TensorSpec) {
    assert_eq!(text(entry, "name"), spec.name());
    let shape: Vec<_> = entry["shape"].as_array().unwrap().iter().collect();
    let expected: Vec<_> = spec
        .shape()
        .iter()
        .map(|&side| Value::from(side as i64))
        .collect();
    assert_eq!(shape, expected.iter().collect::<Vec<_>>());
}

#[test]
fn code_says_what_the_manifest_says() {
    let manifest = manifest();
    let entries = entries(&manifest, "model");
    assert_eq!(entries.len(), ModelKind::ALL.len());
    for (entry, kind) in entries.iter().zip(ModelKind::ALL) {
        assert_eq!(text(entry, "kind"), key(kind));
        assert_eq!(text(entry, "file"), format!("{}.onnx", kind.name()));
        assert_eq!(entry["bytes"].as_integer().unwrap(), kind.bytes() as i64);
        assert_eq!(text(entry, "sha256"), kind.sha256().to_string());
        assert_tensor(&entry["input"], kind.input());
        let range = entry["input"]
            .get("range")
            .map(|range| [0, 1].map(|i| range[i].as_float().unwrap() as f32));
        assert_eq!(range, kind.input_range());
        let outputs = entry["output"].as_array().unwrap();
        assert_eq!(outputs.len(), kind.outputs().len());
        for (output, spec) in outputs.iter().zip(kind.outputs()) {
            assert_tensor(output, *spec);
        }
    }
}

#[test]
fn files_are_what_the_manifest_says() {
    let manifest = manifest();
    let listed = || {
        ["model", "data"]
            .into_iter()
            .flat_map(|key| entries(&manifest, key))
    };
    for entry in listed() {
        let bytes = fs::read(models().join(text(entry, "file"))).unwrap();
        assert_eq!(bytes.len() as i64, entry["bytes"].as_integer().unwrap());
        assert_eq!(Sha256::of(&bytes).to_string(), text(entry, "sha256"));
    }
    let mut expected: Vec<_> = listed().map(|entry| text(entry, "file").to_owned()).collect();
    let mut found: Vec<_> = fs::read_dir(models())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".onnx") || name.ends_with(".json"))
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "every model and geometry file is listed");
}

/// The hashes of the originals stand in the manifest and in the script that fetches them.
#[test]
fn recipe_fetches_the_originals_of_the_manifest() {
    let manifest = manifest();
    let script = fs::read_to_string(models().join("recipe/fetch.sh")).unwrap();
    for entry in ["model", "data"]
        .into_iter()
        .flat_map(|key| entries(&manifest, key))
    {
        let origin = &entry["origin"];
        assert!(script.contains(text(origin, "sha256")), "{}", text(entry, "file"));
        if let Some(task) = origin.get("task_sha256") {
            assert!(script.contains(task.as_str().unwrap()), "{}", text(entry, "file"));
        }
        assert_eq!(text(entry, "licence"), "Apache-2.0");
    }
}
