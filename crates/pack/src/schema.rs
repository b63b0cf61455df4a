//! The JSON Schema of the manifest, made of its types, and the test that the published one is the same.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use moretta_lang::Anchor;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::SCHEMA;
use crate::manifest::{Manifest, Number};
use crate::number::Function;

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let leaves = [
            "signal",
            "param",
            "host",
            "state",
            "played",
            "pose",
            "blendshape",
            "anchor_px",
            "anchor_mm",
            "landmark_px",
            "landmark_mm",
            "visibility",
            "distance_mm",
        ];
        let functions = Function::ALL.iter().map(|function| function.name());
        let names: Vec<&str> = leaves.into_iter().chain(functions).collect();
        json_schema!({
            "description": "A constant, a formula as a string, or a tree: an object with one key.",
            "anyOf": [
                { "type": "number" },
                { "type": "boolean" },
                { "type": "string", "maxLength": crate::limits::MAX_FORMULA_CHARS },
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "propertyNames": { "enum": names }
                }
            ]
        })
    }
}

pub(crate) fn anchor(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = Anchor::ALL.iter().map(|anchor| anchor.name()).collect();
    json_schema!({ "type": "string", "enum": names })
}

fn generated() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Manifest>().to_value();
    schema["title"] = "Effect pack, format mask 1.0".into();
    schema["properties"]["format"]["const"] = "mask".into();
    schema["properties"]["version"]["pattern"] = r"^1\.\d+$".into();
    without_null(&mut schema);
    // A feature of serde_json that any crate may turn on decides about the order of a map; the schema has its own.
    let schema = Schema::try_from(sorted(schema)).unwrap();
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let object: BTreeMap<String, Value> = object.into_iter().collect();
            object
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect()
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// What may be left out may not be null instead, which is what an `Option` is to the generator.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|it| it != "null");
                let only = types.pop().filter(|_| types.is_empty());
                object.insert("type".to_owned(), only.expect("one type besides null"));
            }
            if let Some(Value::Array(mut any)) = object.remove("anyOf") {
                any.retain(|it| *it != json!({ "type": "null" }));
                match any.as_slice() {
                    [Value::Object(only)] => object.extend(only.clone()),
                    _ => _ = object.insert("anyOf".to_owned(), Value::Array(any)),
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(list) => list.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// The variable that names a file to write the schema to. Without it nothing is written.
const OUT: &str = "MORETTA_SCHEMA_OUT";

#[test]
fn the_published_schema_is_that_of_the_types() {
    let generated = generated();
    if let Some(path) = std::env::var_os(OUT) {
        #[expect(clippy::disallowed_methods, reason = "asked for by name")]
        std::fs::write(path, &generated).unwrap();
    }
    assert!(
        generated == SCHEMA,
        "the schema is not that of the types; look at the difference, and write it with\n\
         {OUT}=\"$PWD/crates/pack/schema/mask-1.0.schema.json\" cargo test -p moretta-pack schema"
    );
}

/// Control: another schema is seen.
#[test]
fn another_schema_is_another() {
    assert!(generated() != SCHEMA.replacen("sticker2d", "sticker3d", 1));
}

#[test]
fn the_schema_has_every_kind_of_node_and_no_null() {
    assert!(!SCHEMA.contains("null"));
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let kinds: BTreeSet<&str> = schema["$defs"]["NodeSpec"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["properties"]["kind"]["const"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["face_paint", "face_swap", "lut", "overlay", "prop3d", "sticker2d"])
    );
}
