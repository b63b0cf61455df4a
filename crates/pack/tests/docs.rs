//! `docs/PACKS.md` says what the reader does: its examples are read, its names and limits are the reader's.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use std::collections::BTreeSet;

use common::{files, with_assets};
use moretta_lang::{Anchor, Signal};
use moretta_pack::{Pack, SCHEMA, limits};
use serde_json::{Map, Value, json};

const DOCS: &str = include_str!("../../../docs/PACKS.md");

/// The code blocks in JSON, each with the heading over it.
fn examples() -> Vec<(String, String)> {
    let mut examples = Vec::new();
    let mut heading = String::new();
    let mut block: Option<String> = None;
    for line in DOCS.lines() {
        match &mut block {
            Some(text) if line == "```" => {
                examples.push((heading.clone(), core::mem::take(text)));
                block = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line == "```json" => block = Some(String::new()),
            None if line.starts_with('#') => heading = line.trim_start_matches('#').trim().to_owned(),
            None => {}
        }
    }
    assert!(block.is_none());
    examples
}

/// A manifest with all that the examples name.
fn host(more: Map<String, Value>) -> Value {
    let node = |id: &str| json!({ "id": id, "kind": "overlay", "asset": "steam", "play": "triggered" });
    let mut manifest = with_assets(json!({
        "params": [{ "id": "blush" }, { "id": "warmth" }],
        "nodes": [node("steam"), node("sparkle")],
        "states": ["calm", "angry"],
    }));
    for (id, other) in [("stripes", "ear"), ("polaroid", "ear")] {
        manifest["assets"][id] = manifest["assets"][other].clone();
    }
    manifest.as_object_mut().unwrap().extend(more);
    manifest
}

#[test]
fn every_example_is_read() {
    let mut read = 0;
    for (heading, text) in examples() {
        // Members of an object stand without its braces.
        let braced = format!("{{{text}}}");
        let value: Value = serde_json::from_str(&text)
            .or_else(|_| serde_json::from_str(&braced))
            .unwrap_or_else(|error| panic!("{heading}: {error}\n{text}"));
        let object = value.as_object().unwrap_or_else(|| panic!("{heading}"));
        let manifest = if object.contains_key("format") {
            value.clone()
        } else if object.contains_key("kind") {
            let mut nodes = host(Map::new())["nodes"].clone();
            nodes.as_array_mut().unwrap().push(value.clone());
            host(Map::from_iter([("nodes".to_owned(), nodes)]))
        } else if object.keys().any(|key| key == "state") {
            let node = json!({ "id": "n", "kind": "lut", "asset": "warm", "strength": value });
            host(Map::from_iter([("nodes".to_owned(), json!([node]))]))
        } else if object.values().any(|it| it.get("type").is_some()) {
            // One asset; the files have other sizes and names.
            let mut asset = object.values().next().unwrap().clone();
            let usual = with_assets(json!({}));
            let like = match asset["type"].as_str().unwrap() {
                "sprite_sheet" => "steam",
                "gltf" => "hat",
                "lut" => "warm",
                _ => "ear",
            };
            for key in ["path", "cols", "rows", "count"] {
                if asset.get(key).is_some() {
                    asset[key] = usual["assets"][like][key].clone();
                }
            }
            let mut assets = usual["assets"].clone();
            assets["example"] = asset;
            host(Map::from_iter([("assets".to_owned(), assets)]))
        } else {
            host(object.clone())
        };
        let mut manifest = manifest;
        if manifest["nodes"]
            .as_array()
            .is_some_and(|nodes| nodes.iter().any(|it| it["id"] == "ears"))
        {
            // The pack in one minute: its sheet has 4 x 4 cells.
            manifest["assets"]["steam"]["rows"] = json!(2);
            manifest["assets"]["steam"]["count"] = json!(6);
        }
        let pack =
            Pack::from_files(files(&manifest)).unwrap_or_else(|error| panic!("{heading}: {error}\n{text}"));
        let said: Vec<String> = pack.warnings().iter().map(ToString::to_string).collect();
        let odd = said
            .iter()
            .find(|it| it.contains("a key that this version knows") || it.contains("a kind"));
        assert_eq!(odd, None, "{heading}");
        read += 1;
    }
    assert!(read >= 16, "{read} examples only");
}

#[test]
fn every_key_of_the_schema_is_explained() {
    fn keys<'s>(value: &'s Value, found: &mut BTreeSet<&'s str>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    found.extend(properties.keys().map(String::as_str));
                }
                object.values().for_each(|it| keys(it, found));
            }
            Value::Array(list) => list.iter().for_each(|it| keys(it, found)),
            _ => {}
        }
    }
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut found = BTreeSet::new();
    keys(&schema, &mut found);
    assert!(found.len() > 60, "{found:?}");
    for key in found {
        let named = [
            format!("`{key}`"),
            format!("\"{key}\":"),
            format!(".{key}`"),
            format!("`{key}:"),
        ];
        assert!(
            named.iter().any(|it| DOCS.contains(it)),
            "{key} is not in docs/PACKS.md"
        );
    }
}

#[test]
fn every_name_is_listed() {
    for name in Anchor::ALL
        .iter()
        .map(|it| it.name())
        .chain(Signal::ALL.iter().map(|it| it.name()))
    {
        assert!(
            DOCS.contains(&format!("`{name}`")),
            "{name} is not in docs/PACKS.md"
        );
    }
    // What trees may be called stands in the schema, and in the docs as a call or a tree.
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let names = schema["$defs"]["Number"]["anyOf"][3]["propertyNames"]["enum"]
        .as_array()
        .unwrap();
    assert!(names.len() > 40);
    for name in names.iter().map(|it| it.as_str().unwrap()) {
        let named = [
            format!("`{name}("),
            format!("`{name}`"),
            format!("`{name}."),
            format!("{{\"{name}\":"),
        ];
        assert!(
            named.iter().any(|it| DOCS.contains(it)),
            "{name} is not in docs/PACKS.md"
        );
    }
}

#[test]
fn limits_are_those_of_the_reader() {
    let mib = |bytes: usize| format!("{} MiB", bytes >> 20);
    // However the lines are broken.
    let docs = DOCS.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        format!("| the whole file | {} |", mib(limits::MAX_MASK_BYTES)),
        format!("| number of entries | {} |", limits::MAX_FILES),
        format!("| an entry, unpacked | {} |", mib(limits::MAX_FILE_BYTES)),
        format!("| all entries, unpacked | {} |", mib(limits::MAX_PACK_BYTES)),
        format!(
            "| an entry over {}, unpacked to packed | {} to 1 |",
            mib(limits::RATIO_FREE_BYTES as usize),
            limits::MAX_RATIO
        ),
        format!("| `effect.json` | {} |", mib(limits::MAX_MANIFEST_BYTES)),
        format!(
            "at most {} characters and {} levels",
            limits::MAX_PATH_BYTES,
            limits::MAX_PATH_PARTS
        ),
        format!("are 1 to {} of `a-z`", limits::MAX_ID_CHARS),
        format!("joined by `.`; up to {} characters", limits::MAX_PACK_ID_CHARS),
        format!("who made it, up to {} characters", limits::MAX_LINE_CHARS),
        format!(
            "Up to {} characters each, and {} languages",
            limits::MAX_TEXT_CHARS,
            limits::MAX_LANGUAGES
        ),
        format!("[Assets](#assets); at most {}", limits::MAX_ASSETS),
        format!("[Parameters](#parameters); at most {}", limits::MAX_PARAMS),
        format!("[Nodes](#nodes); at most {}", limits::MAX_NODES),
        format!("[States](#states); at most {}", limits::MAX_STATES),
        format!("[Triggers](#triggers); at most {}", limits::MAX_TRIGGERS),
        format!("[Tests](#tests); at most {}", limits::MAX_TESTS),
        format!("what to do when it fires: 0 to {} actions", limits::MAX_ACTIONS),
        format!("how many are drawn at most, 1 to {}", limits::MAX_FACES),
        format!("`{{\"slot\": 2}}` (0 to {})", limits::MAX_FACES - 1),
        format!("up to {} levels", limits::MAX_FALLBACKS),
        format!("1 to {} of them, weights -10 to 10", limits::MAX_PLACE_LANDMARKS),
        format!("whole number, -{0} to {0}", limits::MAX_Z),
        format!(
            "how long a play lasts, constant, {} to {};",
            limits::MIN_PLAY_MS,
            limits::MAX_PLAY_MS
        ),
        format!(
            "how long it must hold before it fires; constant, 0 to {}",
            limits::MAX_WAIT_MS
        ),
        format!(
            "trees and formulas up to {} levels deep",
            limits::MAX_NUMBER_DEPTH
        ),
        format!("Up to {} characters.", limits::MAX_FORMULA_CHARS),
        format!("of 2 to {} numbers", limits::MAX_ARGUMENTS),
        format!("sides 1 to {}", limits::MAX_IMAGE_SIDE),
        format!("sides up to {}", limits::MAX_PREVIEW_SIDE),
        format!("at most {} decoded", mib(limits::MAX_TEXTURE_BYTES as usize)),
        format!("cells in a row, rows; 1 to {}", limits::MAX_SHEET_SIDE),
        format!("cells a second, above 0, up to {}", limits::MAX_FPS),
        format!("Size 2 to {}.", limits::MAX_LUT_SIDE),
        format!(
            "{} triangles and {} vertices",
            limits::MAX_TRIANGLES,
            limits::MAX_VERTICES
        ),
        format!(
            "{} nodes, {} levels, {} meshes, {} materials, {} images, and {} of JSON",
            limits::MAX_MODEL_NODES,
            limits::MAX_MODEL_DEPTH,
            limits::MAX_MESHES,
            limits::MAX_MATERIALS,
            limits::MAX_MODEL_IMAGES,
            mib(limits::MAX_MODEL_JSON_BYTES)
        ),
        format!("up to {} morph targets", limits::MAX_MORPHS),
        format!("within {} in magnitude", limits::MAX_COORDINATE),
    ] {
        assert!(docs.contains(&said), "docs/PACKS.md does not say {said:?}");
    }
    // Control: another number is not there.
    assert!(!docs.contains("| the whole file | 65 MiB |"));
}
