use moretta_lang::{DrawKind, Program};

/// An effect, ready to be drawn: what is fixed about it as plain data, and what may depend on a face as one program.
///
/// The program is evaluated for each face of a frame. Its draws of [`DrawKind::Property`] set the numbers of nodes: the
/// first slot is a node's place in [`nodes`](Self::nodes), the second a [`Property::code`]. Its draws of
/// [`DrawKind::Sprite`] are pictures by themselves, for effects that were recorded in Rust; they lie over all nodes.
///
/// If no face is in sight it is evaluated once with all inputs of faces zero and [`Face::faces`] 0, and only nodes of the
/// whole frame ([`NodeKind::is_of_frame`]) are drawn. With several faces these take their numbers from the one in the
/// lowest slot.
///
/// [`Face::faces`]: moretta_lang::Face::faces
#[derive(Clone, Debug)]
pub struct Effect {
    /// What computes the nodes' numbers.
    pub program: Program,
    /// What is drawn, back to front.
    pub nodes: Vec<Node>,
    /// What nodes are drawn with.
    pub assets: Vec<Asset>,
    /// What the host may set, by its place in the program's parameters.
    pub inputs: Vec<HostInput>,
    /// How many faces are drawn at most, by [`Quality`] as an index.
    pub max_faces: [usize; Quality::ALL.len()],
}

/// How much an effect may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// What a device does that is slow, or hot.
    Low,
    /// In between.
    Medium,
    /// All of it.
    High,
}

impl Quality {
    /// All of them, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its place in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A number that the host may set: a parameter with a slider, a tap, a trigger of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct HostInput {
    /// The name in the pack: of a parameter its id, of a trigger what stands behind `host:`, of the tap `tap`.
    pub name: String,
    /// What it is.
    pub kind: HostInputKind,
    /// The least that it may be.
    pub min: f32,
    /// The most that it may be.
    pub max: f32,
    /// What it is until the host sets it.
    pub default: f32,
    /// What a slider says, by language; empty for what has no slider.
    pub label: Vec<(String, String)>,
}

/// Where a [`HostInput`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostInputKind {
    /// A parameter: it keeps its value until it is set again.
    Param,
    /// 1 in the frame after a tap, else 0.
    Tap,
    /// A trigger that the host sets.
    Host,
}

/// Something that is drawn.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name in the pack.
    pub id: String,
    /// For which faces it is drawn. [`Faces::All`] for a node of the whole frame, which is drawn once.
    pub faces: Faces,
    /// At which levels it is drawn, by [`Quality`] as an index.
    pub drawn: [bool; Quality::ALL.len()],
    /// What it is.
    pub kind: NodeKind,
}

/// For which faces of a frame a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Faces {
    /// For each.
    All,
    /// For the one in the lowest slot.
    First,
    /// For the one in this slot, if there is one.
    Slot(u32),
}

/// What a node draws, as far as it is fixed. `asset` is a place in [`Effect::assets`], of the kind that the node needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NodeKind {
    /// A picture at a place of the face.
    Sticker {
        /// [`Asset::Image`] or [`Asset::SpriteSheet`].
        asset: usize,
        /// Where its numbers are meant.
        space: StickerSpace,
        /// What hides it.
        occlusion: Occlusion,
        /// How it is laid over the picture: not [`Blend::Overlay`] nor [`Blend::SoftLight`].
        blend: Blend,
    },
    /// A picture on the face's skin, in canonical UV.
    FacePaint {
        /// [`Asset::Image`] or [`Asset::SpriteSheet`].
        asset: usize,
        /// What is left free.
        exclude: Exclude,
        /// How it is laid over the camera's picture.
        blend: Blend,
    },
    /// Another face's looks on the face: its picture, brought into the shape, the colours and the light of the face.
    FaceSwap {
        /// Whose.
        source: SwapSource,
        /// What the face keeps of its own.
        keep: Keep,
    },
    /// A model attached to the head.
    Prop {
        /// [`Asset::Model`].
        asset: usize,
        /// What hides it.
        occluder: Occluder,
    },
    /// A picture over the whole frame.
    Overlay {
        /// [`Asset::Image`] or [`Asset::SpriteSheet`].
        asset: usize,
        /// How it fills the frame.
        fit: Fit,
        /// How it is laid over the picture: not [`Blend::Overlay`] nor [`Blend::SoftLight`].
        blend: Blend,
    },
    /// Another colour for each colour, in the whole frame, of everything behind it.
    Lut {
        /// [`Asset::Lut`].
        asset: usize,
    },
}

impl NodeKind {
    /// Whether it is drawn once a frame, face or none.
    #[must_use]
    pub const fn is_of_frame(&self) -> bool {
        matches!(self, Self::Overlay { .. } | Self::Lut { .. })
    }
}

/// Where the numbers of a sticker are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StickerSpace {
    /// In the plane of the frame (`FramePx`): [`Property::X`] and [`Property::Y`] in pixels, sides in pixels, the turn from
    /// x towards y. [`Property::Z`] is its place before the camera in `CameraMm`, for what hides it.
    Frame,
    /// Before the camera (`CameraMm`): place and sides in millimetres, the plane that of the head's right and up, the turn
    /// about its forward axis from right towards up.
    Head,
}

/// What hides a sticker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occlusion {
    /// Nothing.
    None,
    /// What of the face and the head is nearer to the camera.
    Face,
    /// All of the face and the head: the sticker is behind them.
    BehindHead,
}

/// What hides a prop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occluder {
    /// Nothing.
    None,
    /// The face as far as it has landmarks.
    Face,
    /// The face, and a model of the rest of the head.
    Head,
}

/// What of the face a paint leaves free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exclude {
    /// The openings of the eyes.
    pub eyes: bool,
    /// The opening of the mouth.
    pub mouth: bool,
}

/// Whose looks a face takes on. A face that would take on its own is left as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SwapSource {
    /// Those of the face in the next slot that has one, and of the first after the last: two faces exchange theirs.
    #[default]
    NextFace,
    /// Those of the face in the lowest slot.
    FirstFace,
    /// Those of the photo that the host gave to the face's slot. A pack names no photo and brings none.
    Photo,
}

/// What a face keeps of its own when it takes on another's looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Keep {
    /// What is seen in the openings of the eyes.
    pub eyes: bool,
    /// What is seen in the opening of the mouth.
    pub mouth: bool,
}

/// How a picture is laid over what is behind it. The colours are linear, `s` that of the picture and `b` that behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blend {
    /// `s`.
    #[default]
    Normal,
    /// `s * b`.
    Multiply,
    /// `s + b - s * b`.
    Screen,
    /// `s + b`, limited to 1.
    Add,
    /// In sRGB: multiply where `b` is dark, screen where it is light.
    Overlay,
    /// In sRGB: as the W3C's Compositing and Blending Level 1 says.
    SoftLight,
}

/// How a picture fills the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fit {
    /// The whole frame is covered; what is too much is cut, on both sides alike.
    #[default]
    Cover,
    /// The whole picture is seen, in the middle.
    Contain,
    /// As wide and high as the frame.
    Stretch,
}

macro_rules! properties {
    ($( $(#[$doc:meta])* $Variant:ident = $code:literal, $default:literal; )*) => {
        /// A number of a node. One that the program does not set is its [`default`](Self::default).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Property { $( $(#[$doc])* $Variant = $code, )* }

        impl Property {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The second slot of its draw.
            #[must_use]
            pub const fn code(self) -> u32 {
                self as u32
            }

            /// The one with this code.
            #[must_use]
            pub fn from_code(code: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.code() == code)
            }

            /// What it is where no draw sets it.
            #[must_use]
            pub const fn default(self) -> f32 {
                match self { $(Self::$Variant => $default),* }
            }
        }
    };
}

properties! {
    /// How much of it is seen, 0 to 1, limited by the renderer: of all kinds. At 0 nothing is drawn. Of a table of
    /// colours: how far to go.
    Opacity = 0, 1.0;
    /// Where its centre is: of a sticker as [`StickerSpace`] says, of a prop's origin in `CameraMm`.
    X = 1, 0.0;
    /// See [`X`](Self::X).
    Y = 2, 0.0;
    /// See [`X`](Self::X).
    Z = 3, 0.0;
    /// How wide a sticker is.
    Width = 4, 0.0;
    /// How high a sticker is.
    Height = 5, 0.0;
    /// The turn of a sticker in its plane, in radians.
    Rotation = 6, 0.0;
    /// The cell of a sprite sheet, rounded down and limited by the renderer: of stickers, paints and overlays.
    Cell = 7, 0.0;
    /// How much of the skin's light a paint takes on, 0 to 1, limited by the renderer. Of a face swap: how much of the
    /// colour and the light of the face the other's looks take on.
    Lighting = 8, 0.0;
    /// The turn of a prop before the head's own, in radians, about the head's right axis; x first, then y, then z.
    RotationX = 9, 0.0;
    /// About the head's up axis; see [`RotationX`](Self::RotationX).
    RotationY = 10, 0.0;
    /// About the head's forward axis; see [`RotationX`](Self::RotationX).
    RotationZ = 11, 0.0;
    /// Millimetres before the camera for each unit of a prop's model.
    Scale = 12, 1.0;
    /// How soft the outline of a face swap is, 0 to 1, limited by the renderer.
    Feather = 13, 1.0;
    /// How far the inside of a face takes on the shape of the face that it is swapped for, 0 to 1, limited by the renderer.
    Shape = 14, 0.0;
    /// How far lids, brows and lips take on its expression, 0 to 1, limited by the renderer.
    Expression = 15, 0.0;
    /// The weight of the first morph target of a prop.
    Morph0 = 16, 0.0;
    /// The weight of the second morph target.
    Morph1 = 17, 0.0;
    /// The weight of the third morph target.
    Morph2 = 18, 0.0;
    /// The weight of the fourth morph target.
    Morph3 = 19, 0.0;
}

/// What nodes are drawn with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Asset {
    /// A picture.
    Image(Image),
    /// A picture of cells that follow each other.
    SpriteSheet(SpriteSheet),
    /// A model.
    Model(Model),
    /// A table of colours.
    Lut(Lut),
}

/// A picture: rows from the top, without padding, red, green, blue and alpha, straight (not premultiplied).
#[derive(Clone)]
pub struct Image {
    /// Columns, 1 to 4096.
    pub width: u32,
    /// Rows, 1 to 4096.
    pub height: u32,
    /// What its numbers stand for.
    pub texels: Texels,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

impl core::fmt::Debug for Image {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Image({} x {}, {:?})", self.width, self.height, self.texels)
    }
}

/// What the numbers of a picture stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Texels {
    /// Colours in sRGB; alpha is linear.
    Srgb,
    /// Numbers as they are: normals, roughness.
    Linear,
}

/// Cells of one size, by rows from the top left.
#[derive(Clone, Debug)]
pub struct SpriteSheet {
    /// All cells.
    pub image: Image,
    /// Cells in a row.
    pub columns: u32,
    /// Rows of cells.
    pub rows: u32,
    /// Cells that are used, 1 to `columns * rows`.
    pub count: u32,
}

/// A table of colours: for each colour in a cube another.
#[derive(Clone)]
pub struct Lut {
    /// Entries along each side, 2 to 64.
    pub size: u32,
    /// Red, green and blue, 0 to 1, in sRGB, for `size` steps of red, for each of green, for each of blue.
    pub rgb: Vec<[f32; 3]>,
}

impl core::fmt::Debug for Lut {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Lut({0} x {0} x {0})", self.size)
    }
}

/// A model: y up, looking along +z, right-handed, as glTF has it; +x is the left of who wears it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its parts, in the model's frame.
    pub meshes: Vec<Mesh>,
    /// What the parts are made of.
    pub materials: Vec<Material>,
    /// What materials are painted with.
    pub images: Vec<Image>,
}

/// Triangles of one material. All vectors are as long as `positions`.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// Where the vertices are.
    pub positions: Vec<[f32; 3]>,
    /// Unit vectors.
    pub normals: Vec<[f32; 3]>,
    /// Places in the material's images, from the top left.
    pub uvs: Vec<[f32; 2]>,
    /// Three a triangle, counterclockwise seen from outside.
    pub indices: Vec<u32>,
    /// A place in [`Model::materials`].
    pub material: usize,
    /// How the vertices move, by morph target: at most four.
    pub morphs: Vec<Morph>,
}

/// How much a morph target moves the vertices of a mesh.
#[derive(Clone, Debug)]
pub struct Morph {
    /// Added to the positions.
    pub positions: Vec<[f32; 3]>,
    /// Added to the normals.
    pub normals: Vec<[f32; 3]>,
}

/// What a mesh is made of: metallic and roughness, as glTF 2.0 has it. Images are places in [`Model::images`].
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Red, green, blue, linear, and alpha; times that of the image.
    pub base_colour: [f32; 4],
    /// In sRGB.
    pub base_colour_image: Option<usize>,
    /// 0 to 1; times blue of the image.
    pub metallic: f32,
    /// 0 to 1; times green of the image.
    pub roughness: f32,
    /// Linear.
    pub metallic_roughness_image: Option<usize>,
    /// Normals in tangent space, linear.
    pub normal_image: Option<usize>,
    /// How much the normals lean.
    pub normal_scale: f32,
    /// Red, green, blue, linear; times that of the image.
    pub emissive: [f32; 3],
    /// In sRGB.
    pub emissive_image: Option<usize>,
    /// What alpha means.
    pub alpha: AlphaMode,
    /// Whether the back is drawn as well.
    pub double_sided: bool,
}

/// What alpha means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AlphaMode {
    /// Nothing.
    Opaque,
    /// Below this number there is nothing.
    Mask(f32),
    /// How much is seen.
    Blend,
}

impl Effect {
    /// An effect that was recorded in Rust and draws sprites with `assets`, which are pictures and sprite sheets.
    #[must_use]
    pub fn recorded(program: Program, assets: Vec<Asset>) -> Self {
        Self {
            program,
            nodes: Vec::new(),
            assets,
            inputs: Vec::new(),
            max_faces: [usize::MAX; Quality::ALL.len()],
        }
    }

    /// Which draw of the program sets `property` of the node at `node`, if one does: its place among
    /// [`Program::draws`], the last one counting.
    #[must_use]
    pub fn draw_of(&self, node: usize, property: Property) -> Option<usize> {
        let slots = [node as u32, property.code()];
        let mut draws = self.program.draws().enumerate();
        let mut last = None;
        draws.by_ref().for_each(|(place, draw)| {
            if draw.kind() == DrawKind::Property && draw.slots() == slots {
                last = Some(place);
            }
        });
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_have_their_codes() {
        for property in Property::ALL {
            assert_eq!(Property::from_code(property.code()), Some(*property));
        }
        assert_eq!(Property::from_code(999), None);
    }

    #[test]
    fn a_property_is_set_by_its_last_draw() {
        let program = Program::record(|face, out| {
            out.property(0, Property::X.code(), 1.0);
            out.property(1, Property::X.code(), face.time());
            out.property(0, Property::X.code(), 2.0);
        })
        .unwrap();
        let effect = Effect::recorded(program, Vec::new());
        assert_eq!(effect.draw_of(0, Property::X), Some(2));
        assert_eq!(effect.draw_of(1, Property::X), Some(1));
        assert_eq!(effect.draw_of(1, Property::Y), None);
    }
}
