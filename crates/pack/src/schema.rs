//! The JSON Schema of the manifest, made of its types, and the test that the published one is the same.

use std::borrow::Cow;
use std::collections::BTreeSet;

use moretta_lang::Anchor;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

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
    let mut schema = generator.into_root_schema_for::<Manifest>();
    schema.insert("title".to_owned(), "Effect pack, format mask 1.0".into());
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    text
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

/// A reader and its schema agree about which keys there are: every property of the schema is one that the reader knows,
/// since both come from one type, and no key is said twice.
#[test]
fn the_schema_has_every_kind_of_node() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let kinds: BTreeSet<&str> = schema["$defs"]["NodeSpec"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["properties"]["kind"]["const"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["face_paint", "lut", "overlay", "prop3d", "sticker2d"])
    );
}
