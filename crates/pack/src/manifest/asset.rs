use serde::Deserialize;
use serde_json::Value;

#[cfg(test)]
use schemars::JsonSchema;

/// A picture, a model or a table.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(tag = "type"))]
#[serde(rename_all = "snake_case", expecting = "an asset")]
pub enum AssetSpec {
    /// A picture.
    Image(ImageSpec),
    /// A picture of cells that follow each other.
    SpriteSheet(SheetSpec),
    /// A model in glTF 2.0.
    Gltf(GltfSpec),
    /// A table of colours.
    Lut(LutSpec),
    /// Of a type that this version does not know.
    #[serde(rename = "/")]
    #[cfg_attr(test, schemars(skip))]
    Unknown(Value),
}

/// A picture.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a picture")]
pub struct ImageSpec {
    /// The file in the pack: PNG, JPEG or WebP.
    pub path: String,
    /// What the file's SHA-256 must be, in hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
    /// What its numbers stand for.
    #[serde(default)]
    pub color: Color,
}

/// A picture of cells that follow each other, by rows from the top left.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a sprite sheet")]
pub struct SheetSpec {
    /// The file in the pack: PNG, JPEG or WebP.
    pub path: String,
    /// What the file's SHA-256 must be, in hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
    /// What its numbers stand for.
    #[serde(default)]
    pub color: Color,
    /// Cells in a row, 1 to 256.
    pub cols: u32,
    /// Rows of cells, 1 to 256.
    pub rows: u32,
    /// Cells used: all if left out.
    #[serde(default)]
    pub count: Option<u32>,
    /// Cells a second, above 0, up to 120.
    #[serde(default = "SheetSpec::default_fps")]
    pub fps: f32,
    /// Whether it starts over after the last cell.
    #[serde(rename = "loop", default = "SheetSpec::default_loop")]
    pub looped: bool,
}

impl SheetSpec {
    const fn default_fps() -> f32 {
        15.0
    }

    const fn default_loop() -> bool {
        true
    }
}

/// A model in glTF 2.0.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a model")]
pub struct GltfSpec {
    /// The file in the pack: `.glb` or `.gltf`.
    pub path: String,
    /// What the file's SHA-256 must be, in hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// A table of colours.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a table of colours")]
pub struct LutSpec {
    /// The file in the pack: `.cube` or PNG.
    pub path: String,
    /// What the file's SHA-256 must be, in hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
    /// How the entries lie in a PNG.
    #[serde(default)]
    pub layout: Option<LutLayout>,
}

/// How the entries of a table lie in a picture.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LutLayout {
    /// A square for each blue, left to right.
    Strip,
    /// A square for each blue, in rows.
    Grid,
    /// One after another: a HALD CLUT.
    Hald,
}

/// What the numbers of a picture stand for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// Colours in sRGB.
    #[default]
    Srgb,
    /// Numbers as they are.
    Linear,
}

impl AssetSpec {
    /// The file in the pack, and what its SHA-256 must be; `None` for a type that this version does not know.
    #[must_use]
    pub fn file(&self) -> Option<(&str, Option<&str>)> {
        let (path, sha256) = match self {
            Self::Image(it) => (&it.path, &it.sha256),
            Self::SpriteSheet(it) => (&it.path, &it.sha256),
            Self::Gltf(it) => (&it.path, &it.sha256),
            Self::Lut(it) => (&it.path, &it.sha256),
            Self::Unknown(_) => return None,
        };
        Some((path, sha256.as_deref()))
    }
}
