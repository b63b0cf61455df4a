//! `schema`: what it prints is what the reader's crate has.

mod common;

use common::fx;
use serde_json::Value;

#[test]
fn the_schema_is_the_committed_one_and_knows_the_starter() {
    let printed = fx(["schema"]).expect(0);
    assert_eq!(printed, include_str!("../../pack/schema/mask-1.0.schema.json"));
    let schema: Value = serde_json::from_str(&printed).unwrap();
    let starter: Value = serde_json::from_str(include_str!("../starter/effect.json")).unwrap();
    for key in starter.as_object().unwrap().keys() {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
}
