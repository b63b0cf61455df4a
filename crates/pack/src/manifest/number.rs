use serde::Deserialize;
use serde_json::Value;

/// A number as it is written: a constant, a formula or a tree. What it says is read when its pack is compiled.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(transparent)]
pub struct Number(pub Value);

impl From<f32> for Number {
    fn from(constant: f32) -> Self {
        Self(Value::from(constant))
    }
}
