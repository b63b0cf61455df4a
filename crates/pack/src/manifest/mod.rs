//! The manifest as it is written: `docs/PACKS.md`, as types.
//!
//! These types say which keys there are. What the values may be beyond their types (ranges, names that must exist) is
//! checked when an [`Effect`](crate::Effect) is made of them.

mod asset;
mod forms;
mod node;
mod number;
mod trigger;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use asset::{AssetSpec, Color, GltfSpec, ImageSpec, LutLayout, LutSpec, SheetSpec};
pub use node::{
    BlendSpec, FacePaintSpec, FaceSwapSpec, FacesSpec, FitSpec, LandmarkWeights, Level, LutNodeSpec,
    NodeSpec, OccluderSpec, OcclusionSpec, OverlaySpec, Part, PlaceSpec, PlayMode, Prop3dSpec, RestMode,
    RotateSpec, SizeSpec, SourceSpec, SpringSpec, Sticker2dSpec,
};
pub(crate) use node::{Common, Picture, Playing};
pub use number::Number;
pub use trigger::{Action, Ease, TriggerSpec, Tween};

#[cfg(test)]
use schemars::JsonSchema;

/// The newest version of the format that this reader knows, as `(major, minor)`.
pub const FORMAT_VERSION: (u32, u32) = (1, 0);

/// An effect pack, format `mask` 1.0.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a manifest")]
pub struct Manifest {
    /// For editors; ignored.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// `mask`.
    pub format: String,
    /// The version of the format, `MAJOR.MINOR`.
    pub version: String,
    /// A reverse domain name, lower case.
    pub id: String,
    /// The name that users see.
    pub name: Text,
    /// Who made it.
    pub author: String,
    /// An SPDX expression.
    pub license: String,
    /// What it is, for users.
    #[serde(default)]
    pub description: Option<Text>,
    /// Path of a picture for lists of effects.
    #[serde(default)]
    pub preview: Option<String>,
    /// The oldest version of the engine that will do.
    #[serde(default)]
    pub min_engine: Option<String>,
    /// What the effect cannot do without.
    #[serde(default)]
    pub requires: Requires,
    /// What the effect promises to stay under.
    #[serde(default)]
    pub budget: Budget,
    /// How the numbers are meant.
    #[serde(default)]
    pub conventions: Conventions,
    /// Pictures, models and tables, by id.
    #[serde(default)]
    pub assets: BTreeMap<String, AssetSpec>,
    /// What the user may set.
    #[serde(default)]
    pub params: Vec<ParamSpec>,
    /// What is drawn.
    #[serde(default)]
    pub nodes: Vec<NodeSpec>,
    /// The states, the first being where an effect starts.
    #[serde(default)]
    pub states: Vec<String>,
    /// What happens when.
    #[serde(default)]
    pub triggers: Vec<TriggerSpec>,
    /// What weak devices leave out.
    #[serde(default)]
    pub quality: QualitySpec,
    /// Pictures that the effect must reproduce.
    #[serde(default)]
    pub tests: Vec<TestSpec>,
}

/// A text, or one for each language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub enum Text {
    /// In no language that it says.
    Plain(String),
    /// By BCP 47 tag.
    ByLanguage(BTreeMap<String, String>),
}

/// What the effect cannot do without.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "an object")]
pub struct Requires {
    /// How many faces it is meant for.
    #[serde(default)]
    pub faces: FaceRange,
    /// Names of signals, `landmarks` or `blendshapes` that must exist.
    #[serde(default)]
    pub signals: Vec<String>,
    /// Kinds of nodes and types of assets that must exist.
    #[serde(default)]
    pub features: Vec<String>,
}

/// How many faces an effect is meant for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct FaceRange {
    /// At least, 0 to 16: a hint.
    pub min: u32,
    /// How many are drawn at most, 1 to 16.
    pub max: u32,
}

impl Default for FaceRange {
    fn default() -> Self {
        Self { min: 1, max: 4 }
    }
}

/// What the effect promises to stay under.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct Budget {
    /// MiB of all pictures, decoded.
    pub texture_mb: Option<f32>,
    /// Triangles of all models.
    pub triangles: Option<u32>,
    /// Nodes.
    pub draws: Option<u32>,
}

/// How the numbers are meant. There is one way yet for each.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct Conventions {
    /// `subject`: left is the left of who wears it.
    pub left_right: Option<String>,
    /// `canonical468`.
    pub uv: Option<String>,
    /// `mm`.
    pub units: Option<String>,
}

/// Something that the user may set.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a parameter")]
pub struct ParamSpec {
    /// Used as `param.ID`.
    pub id: String,
    /// What it may be.
    #[serde(rename = "type", default)]
    pub kind: ParamKind,
    /// The least; 0 if left out.
    #[serde(default)]
    pub min: Option<f32>,
    /// The most; 1 if left out.
    #[serde(default)]
    pub max: Option<f32>,
    /// What it is until it is set: the least if left out.
    #[serde(default)]
    pub default: Option<Setting>,
    /// Where its effect is none: the default if left out.
    #[serde(default)]
    pub neutral: Option<Setting>,
    /// What a slider says: the id if left out.
    #[serde(default)]
    pub label: Option<Text>,
    /// The app does not see it.
    #[serde(default)]
    pub internal: bool,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// Any number of its range.
    #[default]
    Float,
    /// A whole number of its range.
    Int,
    /// A condition.
    Bool,
}

/// A value for a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub enum Setting {
    /// On or off.
    Switch(bool),
    /// A number.
    Number(f32),
}

impl Setting {
    /// The value as a number: off is 0, on is 1.
    #[must_use]
    pub fn number(self) -> f32 {
        match self {
            Self::Switch(on) => f32::from(u8::from(on)),
            Self::Number(number) => number,
        }
    }
}

/// What is left out at each level.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct QualitySpec {
    /// On devices that are slow, or hot.
    pub low: LevelSpec,
    /// In between.
    pub medium: LevelSpec,
    /// On the others.
    pub high: LevelSpec,
}

/// What is left out at one level.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct LevelSpec {
    /// Ids of nodes that are not drawn.
    pub disable: Vec<String>,
    /// How many faces are drawn, 1 to 16.
    pub max_faces: Option<u32>,
}

/// A picture that the effect must reproduce.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a test")]
pub struct TestSpec {
    /// `builtin:NAME`, or the path of a picture in the pack.
    pub input: String,
    /// How long the effect has run on the still picture.
    #[serde(default)]
    pub at_ms: f32,
    /// Settings, by parameter.
    #[serde(default)]
    pub params: BTreeMap<String, Setting>,
    /// The level.
    #[serde(default = "Level::high")]
    pub quality: Level,
    /// Path of the expected picture in the pack.
    pub golden: String,
    /// How far the picture may be off.
    #[serde(default)]
    pub tolerance: Tolerance,
}

/// How far a picture may be off.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(default, expecting = "an object")]
pub struct Tolerance {
    /// By how much a channel of a pixel may differ, of 255.
    pub max_channel: u8,
    /// How many pixels may differ by more.
    pub pixels: u32,
}
