use serde::Deserialize;
use serde_json::Value;

use super::Number;

#[cfg(test)]
use schemars::JsonSchema;

/// Something that is drawn.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(tag = "kind"))]
#[serde(expecting = "a node")]
pub enum NodeSpec {
    /// A flat picture at a place of the face.
    #[serde(rename = "sticker2d")]
    Sticker2d(Box<Sticker2dSpec>),
    /// A picture on the skin.
    #[serde(rename = "face_paint")]
    FacePaint(Box<FacePaintSpec>),
    /// Another face's looks on the face.
    #[serde(rename = "face_swap")]
    FaceSwap(Box<FaceSwapSpec>),
    /// A model worn on the head.
    #[serde(rename = "prop3d")]
    Prop3d(Box<Prop3dSpec>),
    /// A picture over the whole frame.
    #[serde(rename = "overlay")]
    Overlay(Box<OverlaySpec>),
    /// Another colour for each colour of what is behind it, in the whole frame.
    #[serde(rename = "lut")]
    Lut(Box<LutNodeSpec>),
    /// Of a kind that this version does not know.
    #[serde(rename = "/")]
    #[cfg_attr(test, schemars(skip))]
    Unknown(Value),
}

/// What all nodes have.
pub(crate) struct Common<'m> {
    pub(crate) id: Option<&'m str>,
    pub(crate) when: Option<&'m Number>,
    pub(crate) z: i32,
    pub(crate) quality: Level,
    pub(crate) fallback: Option<&'m Value>,
}

/// What nodes with a picture have.
pub(crate) struct Picture<'m> {
    pub(crate) asset: &'m str,
    pub(crate) cell: Option<&'m Number>,
}

/// What nodes that can be played have.
#[derive(Clone, Copy)]
pub(crate) struct Playing {
    pub(crate) play: PlayMode,
    pub(crate) duration_ms: Option<f32>,
    pub(crate) after: RestMode,
}

/// Writes a node with what all nodes have, and with what those have that are drawn with a picture or can be played, so
/// that each key stands here once. (`serde(flatten)` would lose the places of errors.)
macro_rules! node {
    (
        $(#[$outer:meta])*
        $Type:ident, $expecting:literal, opacity $(#[$opacity:meta])* $opacity_key:ident,
        $(picture $picture:ident,)? $(play $play:ident,)? $(faces $faces:ident,)?
        { $( $(#[$inner:meta])* $field:ident: $Field:ty, )* }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, Deserialize)]
        #[cfg_attr(test, derive(JsonSchema))]
        #[serde(expecting = $expecting)]
        pub struct $Type {
            /// The id: of a fallback that of what it falls back from if left out.
            #[serde(default)]
            pub id: Option<String>,
            $(#[$opacity])*
            #[serde(default)]
            pub $opacity_key: Option<Number>,
            /// A condition: it is drawn only while this holds.
            #[serde(default)]
            pub when: Option<Number>,
            /// Its place in the order of drawing, -1000 to 1000; the last is in front.
            #[serde(default)]
            pub z: i32,
            /// The least level at which it is drawn.
            #[serde(default)]
            pub quality: Level,
            /// A node for readers that do not know this one. It is read when it is needed, for it may have one itself.
            #[serde(default)]
            #[cfg_attr(test, schemars(with = "Option<Box<NodeSpec>>"))]
            pub fallback: Option<Value>,
            $(
                /// An image or a sprite sheet.
                pub $picture: String,
                /// How it is laid over what is behind it.
                #[serde(default)]
                pub blend: BlendSpec,
                /// Which cell of a sheet, from 0; if given, the sheet does not run by itself.
                #[serde(default)]
                pub cell: Option<Number>,
            )?
            $(
                /// When it is seen.
                #[serde(default)]
                pub $play: PlayMode,
                /// How long a play lasts, 10 to 600000.
                #[serde(default)]
                pub duration_ms: Option<f32>,
                /// What is seen after the end.
                #[serde(default)]
                pub after: RestMode,
            )?
            $(
                /// For which faces it is drawn.
                #[serde(default)]
                pub $faces: FacesSpec,
            )?
            $( $(#[$inner])* pub $field: $Field, )*
        }

        impl $Type {
            fn common(&self) -> Common<'_> {
                Common {
                    id: self.id.as_deref(),
                    when: self.when.as_ref(),
                    z: self.z,
                    quality: self.quality,
                    fallback: self.fallback.as_ref(),
                }
            }

            $(
                pub(crate) fn picture(&self) -> Picture<'_> {
                    Picture { asset: &self.$picture, cell: self.cell.as_ref() }
                }
            )?

            $(
                pub(crate) fn playing(&self) -> Playing {
                    Playing { play: self.$play, duration_ms: self.duration_ms, after: self.after }
                }
            )?
        }
    };
}

node! {
    /// A flat picture at a place of the face.
    Sticker2dSpec, "a sticker",
    opacity
        /// How much of it is seen, 0 to 1; 1 if left out.
        opacity,
    picture asset,
    play play,
    faces faces,
    {
        /// What it is fastened to.
        anchor: PlaceSpec,
        /// Its width in inter-ocular distances, or its width and height.
        #[serde(default)]
        size: SizeSpec,
        /// Inter-ocular distances along the axes of the face: x, y, and z if there is a third.
        #[serde(default)]
        #[cfg_attr(test, schemars(length(min = 2, max = 3)))]
        offset: Option<Vec<Number>>,
        /// The place in the picture that lies on the anchor, from the top left, 0 to 1 inside.
        #[serde(default = "half")]
        pivot: [f32; 2],
        /// How it goes along when the head turns.
        #[serde(default)]
        rotate: RotateSpec,
        /// Degrees about the pivot, counterclockwise.
        #[serde(default)]
        rotation: Option<Number>,
        /// What hides it.
        #[serde(default)]
        occlude: OcclusionSpec,
        /// Its place follows with a swing.
        #[serde(default)]
        spring: Option<SpringSpec>,
    }
}

node! {
    /// A picture on the skin, in canonical UV.
    FacePaintSpec, "a face paint",
    opacity
        /// How much of it is seen, 0 to 1; 1 if left out.
        opacity,
    picture asset,
    play play,
    faces faces,
    {
        /// What it leaves free: eyes and mouth if left out.
        #[serde(default)]
        exclude: Option<Vec<Part>>,
        /// How much of the light on the skin it takes on, 0 to 1; 0 if left out.
        #[serde(default)]
        lighting: Option<Number>,
    }
}

node! {
    /// Another face's looks on the face.
    FaceSwapSpec, "a face swap",
    opacity
        /// How far to go from the face to the other, 0 to 1; 1 if left out.
        amount,
    play play,
    faces faces,
    {
        /// Whose looks.
        #[serde(default)]
        source: SourceSpec,
        /// What the face keeps of its own: eyes and mouth if left out.
        #[serde(default)]
        keep: Option<Vec<Part>>,
        /// How much of the face's colour and light the other's looks take on, 0 to 1; 1 if left out.
        #[serde(default)]
        lighting: Option<Number>,
        /// How soft the outline is, 0 to 1; 1 if left out.
        #[serde(default)]
        feather: Option<Number>,
        /// How far the inside of the face takes on the other's shape, 0 to 1; 0 if left out.
        #[serde(default)]
        shape: Option<Number>,
        /// How far lids, brows and lips take on the other's expression, 0 to 1; 0 if left out.
        #[serde(default)]
        expression: Option<Number>,
    }
}

node! {
    /// A model worn on the head.
    Prop3dSpec, "a prop",
    opacity
        /// How much of it is seen, 0 to 1; 1 if left out.
        opacity,
    play play,
    faces faces,
    {
        /// A model.
        asset: String,
        /// Where the origin of the model is.
        anchor: PlaceSpec,
        /// Millimetres along the axes of the head.
        #[serde(default)]
        offset: Option<[Number; 3]>,
        /// Degrees about the axes of the head; x first, then y, then z.
        #[serde(default)]
        rotation: Option<[Number; 3]>,
        /// Millimetres for each unit of the model; 1000 if left out.
        #[serde(default)]
        scale: Option<Number>,
        /// What hides it.
        #[serde(default)]
        occluder: OccluderSpec,
        /// The weights of its morph targets.
        #[serde(default)]
        #[cfg_attr(test, schemars(length(max = 4)))]
        morphs: Vec<Number>,
        /// Its place follows with a swing.
        #[serde(default)]
        spring: Option<SpringSpec>,
    }
}

node! {
    /// A picture over the whole frame.
    OverlaySpec, "an overlay",
    opacity
        /// How much of it is seen, 0 to 1; 1 if left out.
        opacity,
    picture asset,
    play play,
    {
        /// How it fills the frame.
        #[serde(default)]
        fit: FitSpec,
    }
}

node! {
    /// Another colour for each colour of what is behind it, in the whole frame.
    LutNodeSpec, "a table of colours",
    opacity
        /// How far to go, 0 to 1; 1 if left out.
        strength,
    {
        /// A table.
        asset: String,
    }
}

impl NodeSpec {
    /// What all nodes have; `None` for a kind that this version does not know.
    pub(crate) fn common(&self) -> Option<Common<'_>> {
        Some(match self {
            Self::Sticker2d(it) => it.common(),
            Self::FacePaint(it) => it.common(),
            Self::FaceSwap(it) => it.common(),
            Self::Prop3d(it) => it.common(),
            Self::Overlay(it) => it.common(),
            Self::Lut(it) => it.common(),
            Self::Unknown(_) => return None,
        })
    }
}

const fn half() -> [f32; 2] {
    [0.5, 0.5]
}

/// A place of the face.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub enum PlaceSpec {
    /// By name.
    Anchor(#[cfg_attr(test, schemars(schema_with = "crate::schema::anchor"))] String),
    /// A weighted mean.
    Landmarks(LandmarkWeights),
}

/// A weighted mean of landmarks.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "an object with landmarks")]
pub struct LandmarkWeights {
    /// Landmarks, 0 to 477, each with its weight. The weights add up to 1.
    #[cfg_attr(test, schemars(length(min = 1, max = 16)))]
    pub landmarks: Vec<(u32, f32)>,
}

/// How large a sticker is, in inter-ocular distances.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub enum SizeSpec {
    /// Its width; the height follows from the picture.
    Width(Number),
    /// Its width and height.
    Sides([Number; 2]),
}

impl Default for SizeSpec {
    fn default() -> Self {
        Self::Width(Number::from(1.0))
    }
}

/// How a place follows with a swing.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a spring")]
pub struct SpringSpec {
    /// Swings a second.
    pub hertz: Number,
    /// 1 just does not overshoot, less bounces; 0.5 if left out.
    #[serde(default)]
    pub damping: Option<Number>,
}

/// For which faces a node is drawn.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(
    rename_all = "snake_case",
    expecting = "\"all\", \"first\" or an object with a slot"
)]
pub enum FacesSpec {
    /// For each.
    #[default]
    All,
    /// For the one in the lowest slot.
    First,
    /// For the one in this slot, 0 to 15.
    Slot(u32),
}

macro_rules! choices {
    ($( $(#[$outer:meta])* $Type:ident { $( $(#[$inner:meta])* $Variant:ident, )* } )*) => { $(
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
        #[cfg_attr(test, derive(JsonSchema))]
        #[serde(rename_all = "snake_case", expecting = "a string")]
        pub enum $Type { $( $(#[$inner])* $Variant, )* }
    )* };
}

choices! {
    /// How much a device can do.
    Level {
        /// Slow, or hot.
        #[default]
        Low,
        /// In between.
        Medium,
        /// All.
        High,
    }

    /// How a picture is laid over what is behind it.
    BlendSpec {
        /// Over it.
        #[default]
        Normal,
        /// Darker.
        Multiply,
        /// Lighter.
        Screen,
        /// Added, as light is.
        Add,
        /// Of a face paint: multiply where it is dark, screen where it is light.
        Overlay,
        /// Of a face paint: a gentler overlay.
        SoftLight,
    }

    /// When a node is seen.
    PlayMode {
        /// From when the face is found.
        #[default]
        Always,
        /// From when a trigger plays it.
        Triggered,
    }

    /// What is seen after a play has ended.
    RestMode {
        /// Nothing.
        #[default]
        Hide,
        /// What was there at the end.
        Hold,
    }

    /// How a sticker goes along when the head turns.
    RotateSpec {
        /// It leans with the head and faces the camera.
        #[default]
        Roll,
        /// It lies in the plane of the face.
        #[serde(rename = "full3d")]
        Full3d,
        /// It stays upright.
        None,
    }

    /// What hides a sticker.
    OcclusionSpec {
        /// Nothing.
        #[default]
        None,
        /// What of face and head is nearer.
        Face,
        /// All of face and head.
        BehindHead,
    }

    /// What hides a prop.
    OccluderSpec {
        /// Face and skull.
        #[default]
        Head,
        /// The face.
        Face,
        /// Nothing.
        None,
    }

    /// How a picture fills the frame.
    FitSpec {
        /// What is too much is cut.
        #[default]
        Cover,
        /// All of it is seen.
        Contain,
        /// As wide and high as the frame.
        Stretch,
    }

    /// Whose looks a face takes on.
    SourceSpec {
        /// The next face's: two faces exchange theirs.
        #[default]
        NextFace,
        /// Those of the face in the lowest slot.
        FirstFace,
        /// Those of the photo that the app gave to the face. A pack names no photo and brings none.
        Photo,
    }

    /// A part of the face.
    Part {
        /// The openings of the eyes.
        #[default]
        Eyes,
        /// The opening of the mouth.
        Mouth,
    }
}

impl Level {
    pub(crate) const fn high() -> Self {
        Self::High
    }
}
