//! The JSON Schema of the manifest, made of its types.

use std::borrow::Cow;

use moretta_lang::Anchor;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::manifest::Number;

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A constant, a formula as a string, or a tree: an object with one key.",
            "anyOf": [
                { "type": "number" },
                { "type": "boolean" },
                { "type": "string", "maxLength": 1000 },
                { "type": "object", "minProperties": 1, "maxProperties": 1 }
            ]
        })
    }
}

pub(crate) fn anchor(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = Anchor::ALL.iter().map(|anchor| anchor.name()).collect();
    json_schema!({ "enum": names })
}
