//! Broken packs: one change each to a sound one, and the message in full.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{asset_files, files, files as all_files, manifest, png, with_assets};
use moretta_pack::{Pack, PackError};
use serde_json::{Value, json};

/// A sound manifest that says a bit of everything.
fn sound() -> Value {
    with_assets(json!({
        "description": { "en": "A test", "zh-Hans": "测试" },
        "min_engine": "0.1",
        "requires": { "faces": { "min": 0, "max": 2 }, "signals": ["smile", "landmarks"], "features": ["prop3d", "gltf"] },
        "budget": { "texture_mb": 1, "triangles": 10, "draws": 5 },
        "conventions": { "left_right": "subject", "uv": "canonical468", "units": "mm" },
        "params": [
            { "id": "blush", "min": 0, "max": 10, "default": 2, "neutral": 0, "label": "Blush" },
            { "id": "count", "type": "int", "min": 1, "max": 3, "default": 1 },
            { "id": "on", "type": "bool", "default": true },
        ],
        "nodes": [
            { "id": "ear", "kind": "sticker2d", "asset": "ear", "anchor": "forehead", "size": 2 },
            { "id": "steam", "kind": "sticker2d", "asset": "steam", "anchor": { "landmarks": [[10, 0.5], [151, 0.5]] } },
            { "id": "hat", "kind": "prop3d", "asset": "hat", "anchor": "head_top" },
            { "id": "grade", "kind": "lut", "asset": "warm" },
            { "id": "frame", "kind": "overlay", "asset": "spark" },
        ],
        "states": ["calm", "angry"],
        "triggers": [
            { "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "play": "steam" }, { "set_state": "angry" },
              { "tween": { "param": "blush", "to": 10 } }] },
            { "on": "timer", "every_ms": 500, "do": [{ "play": "frame" }] },
        ],
        "quality": { "low": { "disable": ["frame"], "max_faces": 1 } },
        "tests": [{ "input": "builtin:portrait", "params": { "blush": 3 }, "golden": "tests/a.png" }],
    }))
}

/// The sound manifest with another value at a pointer; a pointer to what is not there adds it.
fn with(pointer: &str, value: Value) -> Value {
    let mut manifest = sound();
    let (outer, key) = pointer.rsplit_once('/').unwrap();
    match manifest.pointer_mut(outer).unwrap() {
        Value::Object(object) => {
            object.insert(key.to_owned(), value);
        }
        Value::Array(list) => match key.parse::<usize>() {
            Ok(place) if place < list.len() => list[place] = value,
            _ => list.push(value),
        },
        other => panic!("{other}"),
    }
    manifest
}

fn without(pointer: &str) -> Value {
    let mut manifest = sound();
    let (outer, key) = pointer.rsplit_once('/').unwrap();
    let object = manifest.pointer_mut(outer).unwrap().as_object_mut().unwrap();
    object.remove(key).unwrap();
    manifest
}

fn error_of(manifest: &Value) -> PackError {
    Pack::from_files(files(manifest)).map(drop).unwrap_err()
}

#[test]
fn the_sound_one_is_sound() {
    let pack = Pack::from_files(files(&sound())).unwrap();
    assert!(pack.warnings().is_empty(), "{:?}", pack.warnings());
}

#[test]
fn a_manifest_that_breaks_a_rule_is_refused_with_place_expected_and_found() {
    let changes = [
        // What all of it is.
        (
            "/id",
            json!("Cat"),
            "a reverse domain name of lower-case letters, digits and - (such as org.example.cat), up to 128 characters expected, \"Cat\" found",
        ),
        (
            "/id",
            json!("org..cat"),
            "a reverse domain name of lower-case letters, digits and - (such as org.example.cat), up to 128 characters expected, \"org..cat\" found",
        ),
        (
            "/name",
            json!(7),
            "a text, or an object of texts by language expected, 7 found",
        ),
        ("/name", json!({}), "texts in 1 to 64 languages expected, 0 found"),
        (
            "/author",
            json!(""),
            "1 to 200 characters without control characters expected, \"\" found",
        ),
        (
            "/author",
            json!("a\u{1b}[31m"),
            "1 to 200 characters without control characters expected, \"a\\u{1b}[31m\" found",
        ),
        (
            "/license",
            json!("x".repeat(201)),
            "1 to 200 characters without control characters expected, 201 found",
        ),
        (
            "/preview",
            json!("../cat.png"),
            "a relative path without empty, . or .. parts expected, \"../cat.png\" found",
        ),
        (
            "/preview",
            json!("cat.png"),
            "the path of a file in the pack expected, \"cat.png\" found",
        ),
        ("/conventions/units", json!("cm"), "\"mm\" expected, \"cm\" found"),
        ("/requires/faces/max", json!(17), "1 to 16 expected, 17 found"),
        ("/requires/faces/min", json!(3), "0 to 2 expected, 3 found"),
        (
            "/requires/faces/max",
            json!(1.5),
            "a whole number that is not negative expected, 1.5 found",
        ),
        (
            "/requires/signals/0",
            json!("joy"),
            "one of \"mouth_open\", \"smile\", \"pucker\", \"brow_raise\", \"brow_frown\", \"blink_left\", \"blink_right\", \"blink_both\", \"wink\", \"cheek_puff\", \"head_nod\", \"head_shake\", \"head_tilt\", \"faces_count\", \"face_found\", \"face_lost\", \"tap\", \"landmarks\", \"blendshapes\" expected, \"joy\" found",
        ),
        (
            "/requires/features/1",
            json!("script"),
            "one of \"sticker2d\", \"face_paint\", \"face_swap\", \"prop3d\", \"overlay\", \"lut\", \"image\", \"sprite_sheet\", \"gltf\" expected, \"script\" found",
        ),
        ("/budget/texture_mb", json!(129), "0 to 128 expected, 129 found"),
        (
            "/budget/texture_mb",
            json!(1e300),
            "a constant number expected, 1e300 found",
        ),
        (
            "/quality/low/disable/0",
            json!("nose"),
            "the id of a node (ear, steam, hat, grade, frame) expected, \"nose\" found",
        ),
        ("/quality/low/max_faces", json!(0), "1 to 16 expected, 0 found"),
        ("/quality/low", json!([]), "an object expected, a list found"),
        (
            "/states/1",
            json!("calm"),
            "an id of its own expected, \"calm\" found",
        ),
        (
            "/states/1",
            json!("an gry"),
            "an id of a letter and up to 63 letters, digits, _ and - expected, \"an gry\" found",
        ),
        // Assets.
        ("/assets/ear/type", json!(1), "a string expected, 1 found"),
        (
            "/assets/ear/path",
            json!("nose.png"),
            "the path of a file in the pack expected, \"nose.png\" found",
        ),
        (
            "/assets/ear/path",
            json!("/etc/passwd"),
            "a relative path without empty, . or .. parts expected, \"/etc/passwd\" found",
        ),
        (
            "/assets/ear/path",
            json!("http://example.org/a.png"),
            "a path of 1 to 128 letters, digits, ., _, - and / between folders expected, \"http://example.org/a.png\" found",
        ),
        (
            "/assets/ear/color",
            json!("p3"),
            "one of \"srgb\", \"linear\" expected, \"p3\" found",
        ),
        (
            "/assets/ear/sha256",
            json!("abc"),
            "64 hexadecimal digits expected, \"abc\" found",
        ),
        ("/assets/steam/cols", json!(0), "1 to 256 expected, 0 found"),
        (
            "/assets/steam/cols",
            json!(-4),
            "a whole number that is not negative expected, -4 found",
        ),
        (
            "/assets/steam/count",
            json!(9),
            "1 to 8, which is cols * rows, expected, 9 found",
        ),
        (
            "/assets/steam/fps",
            json!(0),
            "above 0, up to 120 expected, 0 found",
        ),
        (
            "/assets/steam/loop",
            json!("no"),
            "true or false expected, \"no\" found",
        ),
        (
            "/assets/1ear",
            json!({ "type": "image", "path": "ear.png" }),
            "an id of a letter and up to 63 letters, digits, _ and - expected, \"1ear\" found",
        ),
        // Parameters.
        (
            "/params/0/min",
            json!(10),
            "min below max expected, 10 and 10 found",
        ),
        (
            "/params/0/default",
            json!(11),
            "a constant number, 0 to 10 expected, 11 found",
        ),
        (
            "/params/0/default",
            json!(true),
            "a constant number, 0 to 10 expected, true found",
        ),
        (
            "/params/0/neutral",
            json!("0"),
            "a constant number, true or false expected, \"0\" found",
        ),
        (
            "/params/1/default",
            json!(1.5),
            "a whole number, 1 to 3 expected, 1.5 found",
        ),
        (
            "/params/1/max",
            json!(3.5),
            "a whole min and max of an int expected, 1 and 3.5 found",
        ),
        ("/params/2/default", json!(1), "true or false expected, 1 found"),
        (
            "/params/2/max",
            json!(2),
            "no min and max of a bool expected, 0 and 2 found",
        ),
        (
            "/params/1/id",
            json!("blush"),
            "an id of its own expected, \"blush\" found",
        ),
        (
            "/params/0/type",
            json!("colour"),
            "one of \"float\", \"int\", \"bool\" expected, \"colour\" found",
        ),
        (
            "/params/0/label",
            json!({ "e": "Blush" }),
            "a language tag (such as en or zh-Hans) expected, \"e\" found",
        ),
        // Nodes.
        ("/nodes/0/kind", json!(2), "a string expected, 2 found"),
        ("/nodes/0", json!("ear"), "a node expected, \"ear\" found"),
        (
            "/nodes/0",
            json!({ "lut": { "id": "n", "asset": "warm" } }),
            "a key \"kind\" expected, none found",
        ),
        ("/nodes/0", json!([]), "a node expected, a list found"),
        (
            "/nodes/1/id",
            json!("ear"),
            "an id of its own expected, \"ear\" found",
        ),
        (
            "/nodes/1/id",
            json!(""),
            "an id of a letter and up to 63 letters, digits, _ and - expected, \"\" found",
        ),
        (
            "/nodes/0/asset",
            json!("nose"),
            "the id of an asset expected, \"nose\" found",
        ),
        (
            "/nodes/0/asset",
            json!("hat"),
            "the id of an image or a sprite sheet expected, \"hat\", a model, found",
        ),
        (
            "/nodes/2/asset",
            json!("ear"),
            "the id of a gltf expected, \"ear\", an image, found",
        ),
        (
            "/nodes/3/asset",
            json!("steam"),
            "the id of a lut expected, \"steam\", a sprite sheet, found",
        ),
        (
            "/nodes/0/anchor",
            json!("nose"),
            "the name of an anchor expected, \"nose\" found",
        ),
        (
            "/nodes/0/anchor",
            json!(["nose_tip"]),
            "an anchor, or an object with landmarks expected, a list found",
        ),
        (
            "/nodes/1/anchor/landmarks",
            json!([[10, 0.5]]),
            "weights that add up to 1 expected, 0.5 found",
        ),
        (
            "/nodes/1/anchor/landmarks/0/0",
            json!(478),
            "a landmark, 0 to 477 expected, 478 found",
        ),
        (
            "/nodes/1/anchor/landmarks/0/1",
            json!(11),
            "-10 to 10 expected, 11 found",
        ),
        (
            "/nodes/1/anchor/landmarks/0",
            json!([10, 1, 2]),
            "a list of 2 expected, a list of 3 found",
        ),
        (
            "/nodes/1/anchor/landmarks",
            json!([]),
            "1 to 16 landmarks expected, a list of 0 found",
        ),
        (
            "/nodes/0/size",
            json!([1, 2, 3]),
            "a number, or a list of 2 expected, a list of 3 found",
        ),
        (
            "/nodes/0/offset",
            json!([1]),
            "a list of 2 or 3 expected, a list of 1 found",
        ),
        ("/nodes/0/pivot", json!([0.5, 11]), "-10 to 10 expected, 11 found"),
        (
            "/nodes/0/pivot",
            json!([0.5]),
            "a list of 2 expected, a list of 1 found",
        ),
        (
            "/nodes/0/rotate",
            json!("pitch"),
            "one of \"roll\", \"full3d\", \"none\" expected, \"pitch\" found",
        ),
        (
            "/nodes/0/blend",
            json!("overlay"),
            "one of \"normal\", \"multiply\", \"screen\", \"add\" expected, \"overlay\" found",
        ),
        (
            "/nodes/0/blend",
            json!("darken"),
            "one of \"normal\", \"multiply\", \"screen\", \"add\", \"overlay\", \"soft_light\" expected, \"darken\" found",
        ),
        (
            "/nodes/0/cell",
            json!(2),
            "cell only with a sprite sheet expected, it with an image found",
        ),
        (
            "/nodes/0/faces",
            json!({ "slot": 16 }),
            "0 to 15 expected, 16 found",
        ),
        (
            "/nodes/0/faces",
            json!({ "slot": 1, "all": 2 }),
            "an object with one key, one of \"all\", \"first\", \"slot\", expected, 2 keys found",
        ),
        (
            "/nodes/0/faces",
            json!("second"),
            "one of \"all\", \"first\", \"slot\" expected, \"second\" found",
        ),
        (
            "/nodes/0/z",
            json!(1001),
            "a whole number, -1000 to 1000 expected, 1001 found",
        ),
        (
            "/nodes/0/opacity",
            json!("smile +"),
            "a value expected, the end of the formula found",
        ),
        (
            "/nodes/0/when",
            json!({ "state": "sad" }),
            "the id of a state (calm, angry) expected, \"sad\" found",
        ),
        ("/nodes/0/duration_ms", json!(5), "10 to 600000 expected, 5 found"),
        (
            "/nodes/0/spring",
            json!({ "damping": 1 }),
            "a key \"hertz\" expected, none found",
        ),
        (
            "/nodes/2/morphs",
            json!([0, 0, 0, 0, 0]),
            "at most 4 expected, a list of 5 found",
        ),
        (
            "/nodes/2/rotation",
            json!([0, 0]),
            "a list of 3 expected, a list of 2 found",
        ),
        (
            "/nodes/0/fallback",
            json!({ "kind": "overlay" }),
            "a key \"asset\" expected, none found",
        ),
        (
            "/nodes/0/fallback",
            json!({ "kind": "overlay", "asset": "nose" }),
            "the id of an asset expected, \"nose\" found",
        ),
        // Whose looks a face takes on: no picture's, and no other's by name.
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "source": "photo:me" }),
            "one of \"next_face\", \"first_face\", \"photo\" expected, \"photo:me\" found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "source": { "slot": 1 } }),
            "one of \"next_face\", \"first_face\", \"photo\" expected, \"slot\" found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "keep": ["nose"] }),
            "one of \"eyes\", \"mouth\" expected, \"nose\" found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "amount": "param.nothing" }),
            "the id of a parameter (blush, count, on) expected, \"nothing\" at character 1 found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "shape": "param.nothing" }),
            "the id of a parameter (blush, count, on) expected, \"nothing\" at character 1 found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "shape": "round" }),
            "the name of a value or a function expected, \"round\" at character 1 found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "expression": ["smile"] }),
            "a number, a formula or a tree expected, a list found",
        ),
        (
            "/nodes/0",
            json!({ "id": "ear", "kind": "face_swap", "expression": 1e39 }),
            "a number of 32 bits expected, 1e39 found",
        ),
        // Triggers.
        (
            "/triggers/0/on",
            json!("joy"),
            "the name of a value or a function expected, \"joy\" at character 1 found",
        ),
        (
            "/triggers/0/on",
            json!("host:1"),
            "an id of a letter and up to 63 letters, digits, _ and - expected, \"1\" found",
        ),
        (
            "/triggers/0/exit",
            json!(0.6),
            "an exit below enter, 0.6, so that noise does not flicker, expected, 0.6 found",
        ),
        ("/triggers/0/hold_ms", json!(-1), "0 to 60000 expected, -1 found"),
        (
            "/triggers/0/cooldown_ms",
            json!(60001),
            "0 to 60000 expected, 60001 found",
        ),
        (
            "/triggers/0/every_ms",
            json!(100),
            "no every_ms with this \"on\" expected, 100 found",
        ),
        (
            "/triggers/0/do/0/play",
            json!("nose"),
            "the id of a node (ear, steam, hat, grade, frame) expected, \"nose\" found",
        ),
        (
            "/triggers/0/do/1/set_state",
            json!("sad"),
            "the id of a state (calm, angry) expected, \"sad\" found",
        ),
        (
            "/triggers/0/do/2/tween/param",
            json!("nose"),
            "the id of a parameter (blush, count, on) expected, \"nose\" found",
        ),
        (
            "/triggers/0/do/2/tween/to",
            json!(11),
            "a constant number, 0 to 10 expected, 11 found",
        ),
        (
            "/triggers/0/do/2/tween/ms",
            json!(60001),
            "0 to 60000 expected, 60001 found",
        ),
        (
            "/triggers/0/do/0",
            json!({ "run": "rm" }),
            "one of \"play\", \"stop\", \"set_state\", \"tween\" expected, \"run\" found",
        ),
        (
            "/triggers/0/do/0",
            json!("play"),
            "an object expected, \"play\" found",
        ),
        ("/triggers/1/every_ms", json!(9), "10 to 600000 expected, 9 found"),
        (
            "/triggers/1/hold_ms",
            json!(9),
            "hold_ms only with a number expected, 9 found",
        ),
        (
            "/triggers/1/undo",
            json!([{ "play": "steam" }]),
            "undo only with what ends expected, it with an event found",
        ),
        // Tests.
        (
            "/tests/0/golden",
            json!("/a.png"),
            "a relative path without empty, . or .. parts expected, \"/a.png\" found",
        ),
        (
            "/tests/0/golden",
            json!("effect.json"),
            "a file that nothing else names expected, \"effect.json\" found",
        ),
        (
            "/tests/0/input",
            json!("builtin:.."),
            "an id of a letter and up to 63 letters, digits, _ and - expected, \"..\" found",
        ),
        (
            "/tests/0/params/blush",
            json!(11),
            "a constant number, 0 to 10 expected, 11 found",
        ),
        (
            "/tests/0/params/nose",
            json!(1),
            "the id of a parameter expected, \"nose\" found",
        ),
        (
            "/tests/0/tolerance",
            json!({ "max_channel": 256 }),
            "a whole number, 0 to 255 expected, 256 found",
        ),
    ];
    for (pointer, value, expected) in changes {
        let error = error_of(&with(pointer, value.clone()));
        let message = error.to_string();
        // Some are found a step further in than what was changed, and some a step further out.
        let inner = message.strip_prefix(&format!("effect.json: {pointer}"));
        let outer = pointer.rsplit_once('/').unwrap().0;
        let found = match inner {
            Some(rest) => rest.split_once(": ").unwrap().1,
            None => message
                .strip_prefix(&format!("effect.json: {outer}: "))
                .unwrap_or_else(|| panic!("{pointer} {value}: {message}")),
        };
        assert_eq!(found, expected, "{pointer} {value}: {message}");
        assert!(matches!(error, PackError::Manifest { .. }), "{error:?}");
        assert_eq!(error.place().file, "effect.json");
    }
}

#[test]
fn a_face_takes_on_the_looks_of_one_other() {
    let swap = |id: &str| json!({ "id": id, "kind": "face_swap" });
    let mut manifest = with("/nodes/0", swap("ear"));
    assert!(Pack::from_files(files(&manifest)).is_ok(), "the control");
    manifest["nodes"][3] = swap("grade");
    assert_eq!(
        error_of(&manifest).to_string(),
        "effect.json: /nodes/3/kind: one face_swap in a pack expected, another one beside \"ear\" found"
    );
}

#[test]
fn some_places_in_full() {
    for (pointer, value, expected) in [
        (
            "/nodes/0/pivot",
            json!([0.5, 11]),
            "effect.json: /nodes/0/pivot/1: -10 to 10 expected, 11 found",
        ),
        (
            "/nodes/0/fallback",
            json!({ "kind": "overlay", "asset": "nose" }),
            "effect.json: /nodes/0/fallback/asset: the id of an asset expected, \"nose\" found",
        ),
        (
            "/nodes/0",
            json!({ "id": "a", "kind": "glow", "fallback": { "kind": "lut", "asset": [] } }),
            "effect.json: /nodes/0/fallback/asset: a string expected, a list found",
        ),
        (
            "/assets/a~b%2Fc",
            json!({ "type": "image" }),
            "effect.json: /assets/a~0b%2Fc: a key \"path\" expected, none found",
        ),
        (
            "/triggers/0/on",
            json!("tap"),
            "effect.json: /triggers/0/enter: no enter with this \"on\" expected, 0.6 found",
        ),
        (
            "/params/0/min",
            json!(null),
            "effect.json: /params/0/min: a constant number expected, null found",
        ),
    ] {
        assert_eq!(error_of(&with(pointer, value)).to_string(), expected);
    }
}

#[test]
fn what_is_required_is_required() {
    for (pointer, expected) in [
        ("/format", "effect.json: /format: \"mask\" expected, none found"),
        (
            "/version",
            "effect.json: /version: a version 1.x (such as 1.0) expected, none found",
        ),
        ("/id", "effect.json: a key \"id\" expected, none found"),
        ("/name", "effect.json: a key \"name\" expected, none found"),
        ("/author", "effect.json: a key \"author\" expected, none found"),
        ("/license", "effect.json: a key \"license\" expected, none found"),
        (
            "/assets/ear/path",
            "effect.json: /assets/ear: a key \"path\" expected, none found",
        ),
        (
            "/assets/ear/type",
            "effect.json: /assets/ear: a key \"type\" expected, none found",
        ),
        (
            "/nodes/0/id",
            "effect.json: /nodes/0: a key \"id\" expected, none found",
        ),
        (
            "/nodes/0/kind",
            "effect.json: /nodes/0: a key \"kind\" expected, none found",
        ),
        (
            "/nodes/0/anchor",
            "effect.json: /nodes/0: a key \"anchor\" expected, none found",
        ),
        (
            "/triggers/0/on",
            "effect.json: /triggers/0: a key \"on\" expected, none found",
        ),
        (
            "/triggers/0/enter",
            "effect.json: /triggers/0: a key \"enter\" expected, none found",
        ),
        (
            "/triggers/0/do",
            "effect.json: /triggers/0: an action in do or undo expected, none found",
        ),
        (
            "/triggers/1/every_ms",
            "effect.json: /triggers/1: one of every_ms and after_ms expected, none found",
        ),
        (
            "/tests/0/golden",
            "effect.json: /tests/0: a key \"golden\" expected, none found",
        ),
    ] {
        assert_eq!(error_of(&without(pointer)).to_string(), expected, "{pointer}");
    }
}

#[test]
fn other_versions_are_refused_before_anything_else_is_read() {
    // Nothing else of these would be read by this version.
    for (key, value, expected) in [
        (
            "format",
            json!("face"),
            "/format: \"mask\" expected, \"face\" found",
        ),
        ("format", json!(1), "/format: a string expected, 1 found"),
        (
            "version",
            json!("2.0"),
            "/version: a version 1.x (such as 1.0) expected, \"2.0\" found",
        ),
        (
            "version",
            json!("0.9"),
            "/version: a version 1.x (such as 1.0) expected, \"0.9\" found",
        ),
        (
            "version",
            json!("1"),
            "/version: a version 1.x (such as 1.0) expected, \"1\" found",
        ),
        (
            "version",
            json!("1.0.0"),
            "/version: a version 1.x (such as 1.0) expected, \"1.0.0\" found",
        ),
        (
            "version",
            json!("1.x"),
            "/version: a version 1.x (such as 1.0) expected, \"1.x\" found",
        ),
        ("version", json!(1.0), "/version: a string expected, 1.0 found"),
        (
            "min_engine",
            json!("99.0"),
            "/min_engine: a version up to 0.1.0, which this engine is, expected, \"99.0\" found",
        ),
        (
            "min_engine",
            json!("soon"),
            "/min_engine: a version up to 0.1.0, which this engine is, expected, \"soon\" found",
        ),
    ] {
        let mut manifest = json!({ "format": "mask", "version": "1.0", "nodes": 7 });
        manifest[key] = value;
        let error = error_of(&manifest);
        assert_eq!(error.to_string(), format!("effect.json: {expected}"));
        assert!(matches!(error, PackError::Version { .. }));
    }
    // A newer minor version is read.
    let mut newer = sound();
    newer["version"] = json!("1.99");
    newer["sparkle"] = json!({ "much": true });
    newer["nodes"][0]["glitter"] = json!(1);
    newer["nodes"][0]["spring"] = json!({ "hertz": 2, "mass": 3 });
    let pack = Pack::from_files(files(&newer)).unwrap();
    let warnings: Vec<String> = pack.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "effect.json: /nodes/0/glitter: a key that this version knows expected, another, left out found",
            "effect.json: /nodes/0/spring/mass: a key that this version knows expected, another, left out found",
            "effect.json: /sparkle: a key that this version knows expected, another, left out found",
        ]
    );
}

#[test]
fn a_pack_stays_under_its_own_budget() {
    for (key, value, expected) in [
        (
            "texture_mb",
            json!(0.0005),
            "effect.json: /budget/texture_mb: at most 524 bytes of pictures expected, 896 found",
        ),
        (
            "triangles",
            json!(0),
            "effect.json: /budget/triangles: at most 0 triangles expected, 1 found",
        ),
        (
            "draws",
            json!(4),
            "effect.json: /budget/draws: at most 4 nodes expected, 5 found",
        ),
    ] {
        let error = error_of(&with(&format!("/budget/{key}"), value));
        assert_eq!(error.to_string(), expected);
        assert!(matches!(error, PackError::TooMany { .. }));
    }
}

#[test]
fn a_list_that_is_too_long_is_refused() {
    let node = |number: usize| json!({ "id": format!("n{number}"), "kind": "lut", "asset": "warm" });
    let nodes = |count: usize| {
        let nodes: Vec<Value> = (0..count).map(node).collect();
        let files = files(&with_assets(json!({ "nodes": nodes })));
        Pack::from_files(files).map(|pack| pack.effect().nodes.len())
    };
    assert_eq!(nodes(64), Ok(64));
    assert_eq!(
        nodes(65).unwrap_err().to_string(),
        "effect.json: /nodes: at most 64 expected, 65 found"
    );
    let actions = vec![json!({ "play": "steam" }); 17];
    let error = error_of(&with("/triggers/0/do", json!(actions)));
    assert_eq!(
        error.to_string(),
        "effect.json: /triggers/0/do: at most 16 actions expected, 17 found"
    );
}

#[test]
fn fallbacks_end_somewhere() {
    let deep = |levels: usize| {
        let mut node = json!({ "kind": "lut", "asset": "warm" });
        for _ in 0..levels {
            node = json!({ "kind": "glow", "fallback": node });
        }
        node["id"] = json!("n");
        files(&with_assets(json!({ "nodes": [node] })))
    };
    assert_eq!(Pack::from_files(deep(4)).unwrap().effect().nodes.len(), 1);
    let error = Pack::from_files(deep(5)).map(drop).unwrap_err();
    let expected = "effect.json: /nodes/0/fallback/fallback/fallback/fallback/fallback: at most 4 fallbacks behind each other expected, more found";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn too_many_numbers_are_refused_by_the_language() {
    let node = |number: usize| json!({ "id": format!("n{number}"), "kind": "sticker2d", "asset": "ear", "anchor": "mouth", "opacity": "smile", "occlude": "face" });
    let nodes = |count: usize| {
        let nodes: Vec<Value> = (0..count).map(node).collect();
        Pack::from_files(files(&with_assets(json!({ "nodes": nodes })))).map(drop)
    };
    assert_eq!(nodes(36), Ok(()));
    let error = nodes(37).unwrap_err();
    assert_eq!(
        error.to_string(),
        "effect.json: /nodes: too many draws: at most 256 expected, at least 257 found"
    );
    assert!(matches!(error, PackError::Program { .. }));
    // A formula that is too much for any program.
    let much = "sin(1)+".repeat(140) + "1";
    let nodes: Vec<Value> = (0..60)
        .map(|it| json!({ "id": format!("n{it}"), "kind": "lut", "asset": "warm", "strength": much }))
        .collect();
    let error = error_of(&with_assets(json!({ "nodes": nodes })));
    assert_eq!(
        error.to_string(),
        "effect.json: /nodes: too many operations: at most 8192 expected, at least 8193 found"
    );
}

#[test]
fn no_json_says_where() {
    let of = |text: &[u8]| {
        let mut files = asset_files();
        files.push(("effect.json".to_owned(), text.to_vec()));
        Pack::from_files(files).map(drop).unwrap_err()
    };
    for (text, expected) in [
        (
            &b"{"[..],
            "effect.json: line 1, column 1: JSON expected, EOF while parsing an object found",
        ),
        (
            b"{ // no\n}",
            "effect.json: line 1, column 3: JSON expected, key must be a string found",
        ),
        (
            b"{\"id\": 1,\n \"id\": 2}",
            "effect.json: line 2, column 5: JSON expected, the key \"id\" twice found",
        ),
    ] {
        assert_eq!(of(text).to_string(), expected);
        assert!(matches!(of(text), PackError::Json { .. }));
    }
    assert_eq!(
        of(b"[]").to_string(),
        "effect.json: a manifest expected, a list found"
    );
    let error = Pack::from_files(asset_files()).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pack: a file \"effect.json\" expected, none found"
    );
}

#[test]
fn a_hash_is_compared() {
    let hash = "0".repeat(64);
    let error = error_of(&with("/assets/warm/sha256", json!(hash)));
    let message = error.to_string();
    let prefix = format!("warm.cube: SHA-256 {hash} expected, ");
    let found = message
        .strip_prefix(&prefix)
        .unwrap()
        .strip_suffix(" found")
        .unwrap();
    assert_eq!(found, CUBE_SHA256);
    for right in [found.to_owned(), found.to_uppercase()] {
        assert!(Pack::from_files(files(&with("/assets/warm/sha256", json!(right)))).is_ok());
    }
}

/// Of [`common::CUBE`], by `sha256sum`.
const CUBE_SHA256: &str = "5a6da30d189681420904befec9018e7a2351eb4fe3aa82fc12fc8e88d41ed4c1";

#[test]
fn what_nobody_uses_is_said() {
    let mut files = files(&manifest(json!({
        "assets": { "ear": { "type": "image", "path": "ear.png" } },
        "requires": { "signals": ["smile"] },
        "nodes": [],
        "triggers": [],
    })));
    files.retain(|(path, _)| path == "ear.png" || path == "effect.json");
    files.push(("LICENSE.txt".to_owned(), b"CC0".to_vec()));
    files.push(("notes/draft.png".to_owned(), png(1, 1)));
    let pack = Pack::from_files(files).unwrap();
    let warnings: Vec<String> = pack.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "effect.json: /assets/ear: an asset that a node uses expected, one that none does found",
            "notes/draft.png: a file that the manifest names expected, one that nothing does found",
        ]
    );
    assert!(pack.effect().assets.is_empty());

    let pack = Pack::from_files(all_files(&with("/nodes/3/strength", json!("pucker")))).unwrap();
    let warnings: Vec<String> = pack.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "effect.json: /requires/signals: all signals that are used expected, \"pucker\" not among them found"
        ]
    );
}

#[test]
fn the_preview_is_a_small_picture() {
    let of = |bytes: Vec<u8>| {
        let mut files = all_files(&with("/preview", json!("preview.png")));
        files.push(("preview.png".to_owned(), bytes));
        Pack::from_files(files)
    };
    let picture = png(16, 16);
    let pack = of(picture.clone()).unwrap();
    assert_eq!(pack.preview(), Some(picture.as_slice()));
    assert!(pack.warnings().is_empty());
    let error = of(b"GIF89a".to_vec()).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "preview.png: a PNG, JPEG or WebP picture expected, something else found"
    );
    let error = of(png(1025, 1)).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "preview.png: sides of 1 to 1024 pixels expected, 1025 x 1 found"
    );
}
