use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moretta_lang::{DrawKind, InputGroup, Program};
use moretta_pack::{
    Asset, Blend, Effect, Exclude, Faces, Fit, HostInput, Keep, Node, NodeKind, Occluder, Occlusion,
};
use moretta_pack::{Property, Quality, StickerSpace, SwapSource};

use crate::artwork::{Cells, Fault, Parts, Table};
use crate::input::MAX_FACES;
use crate::renderer::Shared;
use crate::{Gpu, RenderError};

/// How many cells of a sprite sheet can be drawn: what every adapter takes as the layers of one texture.
pub const MAX_CELLS: u32 = 256;

/// How many of the scene's numbers say nothing of a face.
const SCENE_OF_FRAME: usize = 4;

/// An effect whose assets lie on the device. A handle: a clone is the same. It holds no face data, and goes to the face
/// thread by value.
#[derive(Clone)]
pub struct LoadedEffect {
    pub(crate) loaded: Arc<Loaded>,
}

impl LoadedEffect {
    /// What the host may set, by its place in `params` of a [`Look`](crate::Look).
    #[must_use]
    pub fn inputs(&self) -> &[HostInput] {
        &self.loaded.inputs
    }

    /// How many faces are drawn at most: up to [`MAX_FACES`].
    #[must_use]
    pub fn max_faces(&self, quality: Quality) -> usize {
        self.loaded.max_faces[quality.index()]
    }

    /// Whether anything of it depends on a face: what it draws, or a number. If not, no network needs to run for it.
    #[must_use]
    pub fn needs_faces(&self) -> bool {
        let loaded = &self.loaded;
        let of_faces = |group: &InputGroup| match group {
            // What a frame has without a face comes first: time, step, width, height.
            InputGroup::Scene => loaded.program.needs(*group) > SCENE_OF_FRAME,
            InputGroup::Params => false,
            group => loaded.program.needs(*group) > 0,
        };
        loaded.items.iter().any(|item| !item.kind.is_of_frame()) || InputGroup::ALL.iter().any(of_faces)
    }

    /// Whether the program reads blendshapes, so that their network must run.
    #[must_use]
    pub fn needs_blendshapes(&self) -> bool {
        self.loaded.program.needs(InputGroup::Blendshapes) > 0
    }
}

/// How much there is of it.
impl core::fmt::Debug for LoadedEffect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "LoadedEffect({} things to draw, ..)", self.loaded.items.len())
    }
}

/// A loaded effect.
pub(crate) struct Loaded {
    /// Another number for each.
    pub(crate) number: u64,
    pub(crate) gpu: Gpu,
    pub(crate) program: Program,
    pub(crate) inputs: Vec<HostInput>,
    pub(crate) max_faces: [usize; Quality::ALL.len()],
    /// What is drawn, back to front.
    pub(crate) items: Vec<Item>,
    pub(crate) needs: Needs,
    assets: Vec<Uploaded>,
}

/// What a frame must have ready for an effect, whatever it draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The landmarks as vertices.
    pub(crate) skin: bool,
    /// The same with another face's looks.
    pub(crate) swap: bool,
    /// Numbers of heads.
    pub(crate) heads: bool,
    /// How many numbers of props a face has.
    pub(crate) props: u64,
    /// How many pictures a face has.
    pub(crate) pictures: u64,
    /// How many fours of numbers a face has.
    pub(crate) looks: u64,
}

impl Needs {
    /// What is enough for either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            skin: self.skin || other.skin,
            swap: self.swap || other.swap,
            heads: self.heads || other.heads,
            props: self.props.max(other.props),
            pictures: self.pictures.max(other.pictures),
            looks: self.looks.max(other.looks),
        }
    }
}

/// Something that is drawn.
pub(crate) struct Item {
    pub(crate) faces: Faces,
    pub(crate) drawn: [bool; Quality::ALL.len()],
    pub(crate) kind: Kind,
    /// Where its numbers come from.
    pub(crate) source: Source,
    /// Its place among those that have the same kind of numbers.
    pub(crate) place: u64,
}

/// What is fixed about it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Sticker {
        asset: usize,
        space: StickerSpace,
        occlusion: Occlusion,
        blend: Blend,
    },
    Paint {
        asset: usize,
        exclude: Exclude,
        blend: Blend,
    },
    Swap {
        source: SwapSource,
        keep: Keep,
    },
    Prop {
        asset: usize,
        occluder: Occluder,
    },
    Overlay {
        asset: usize,
        fit: Fit,
        blend: Blend,
    },
    Lut {
        asset: usize,
    },
}

/// Where the numbers of an item come from.
pub(crate) enum Source {
    /// By property, the place of a draw of the program.
    Properties([Option<u16>; PROPERTIES]),
    /// The place of a draw that is a sprite.
    Sprite(usize),
}

/// One more than the largest code of a property.
const PROPERTIES: usize = {
    let mut most = 0;
    let mut at = 0;
    while at < Property::ALL.len() {
        if Property::ALL[at].code() > most {
            most = Property::ALL[at].code();
        }
        at += 1;
    }
    most as usize + 1
};

enum Uploaded {
    Cells(Cells),
    Parts(Parts),
    Table(Table),
}

impl Kind {
    /// Whether it is drawn once a frame.
    pub(crate) fn is_of_frame(self) -> bool {
        matches!(self, Self::Overlay { .. } | Self::Lut { .. })
    }

    /// Whether it needs to know what is near.
    pub(crate) fn has_depth(self) -> bool {
        match self {
            Self::Prop { .. } => true,
            Self::Sticker { occlusion, .. } => occlusion != Occlusion::None,
            _ => false,
        }
    }

    /// Whether it is drawn in the light of the frame.
    pub(crate) fn has_light(self) -> bool {
        matches!(self, Self::Prop { .. } | Self::Paint { .. })
    }
}

impl Source {
    /// A property of the face that `registers` were filled for; every number of a program is finite.
    pub(crate) fn property(&self, program: &Program, registers: &[u32], property: Property) -> f32 {
        let Self::Properties(draws) = self else {
            return property.default();
        };
        draws[property.code() as usize]
            .and_then(|draw| program.draws().nth(usize::from(draw)))
            .and_then(|draw| draw.arguments::<1>(registers))
            .map_or(property.default(), |[number]| number)
    }
}

impl Loaded {
    /// 1. Upload the assets.
    /// 2. Take the nodes as items, each checked against its asset, with the places of its numbers in the program.
    /// 3. Add the sprites that the program draws by itself.
    pub(crate) fn new(shared: &Shared, effect: &Effect) -> Result<Self, RenderError> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let assets = effect.assets.iter().enumerate().map(|(place, asset)| {
            let uploaded = match asset {
                Asset::Image(image) => Cells::image(shared, image).map(Uploaded::Cells),
                Asset::SpriteSheet(sheet) => Cells::sheet(shared, sheet).map(Uploaded::Cells),
                Asset::Model(model) => Parts::new(shared, model).map(Uploaded::Parts),
                Asset::Lut(lut) => Table::new(shared, lut).map(Uploaded::Table),
                _ => Err(Fault::new("a kind of asset that is known", "another")),
            };
            uploaded.map_err(|fault| fault.at(format!("asset {place}")))
        });
        let mut loaded = Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            gpu: shared.gpu.clone(),
            program: effect.program.clone(),
            inputs: effect.inputs.clone(),
            max_faces: effect.max_faces.map(|faces| faces.min(MAX_FACES)),
            items: Vec::new(),
            needs: Needs::default(),
            assets: assets.collect::<Result<_, _>>()?,
        };
        for (place, node) in effect.nodes.iter().enumerate() {
            let kind = loaded
                .kind(node)
                .map_err(|fault| fault.at(format!("node {place} ({})", node.id)))?;
            let mut draws = [None; PROPERTIES];
            for property in Property::ALL {
                let draw = effect.draw_of(place, *property);
                draws[property.code() as usize] = draw.and_then(|draw| u16::try_from(draw).ok());
            }
            loaded.push(node.faces, node.drawn, kind, Source::Properties(draws));
        }
        for (place, draw) in effect.program.draws().enumerate() {
            if draw.kind() != DrawKind::Sprite {
                continue;
            }
            let asset = draw.slots().first().map_or(usize::MAX, |slot| *slot as usize);
            loaded
                .cells(asset)
                .ok_or_else(|| loaded.no_asset("a picture", asset))
                .map_err(|fault| fault.at(format!("sprite {place}")))?;
            let kind = Kind::Sticker {
                asset,
                space: StickerSpace::Frame,
                occlusion: Occlusion::None,
                blend: Blend::Normal,
            };
            loaded.push(
                Faces::All,
                [true; Quality::ALL.len()],
                kind,
                Source::Sprite(place),
            );
        }
        Ok(loaded)
    }

    /// The picture at a place among the assets.
    pub(crate) fn cells(&self, asset: usize) -> Option<&Cells> {
        match self.assets.get(asset) {
            Some(Uploaded::Cells(cells)) => Some(cells),
            _ => None,
        }
    }

    /// The model at a place among the assets.
    pub(crate) fn parts(&self, asset: usize) -> Option<&Parts> {
        match self.assets.get(asset) {
            Some(Uploaded::Parts(parts)) => Some(parts),
            _ => None,
        }
    }

    /// The table at a place among the assets.
    pub(crate) fn table(&self, asset: usize) -> Option<&Table> {
        match self.assets.get(asset) {
            Some(Uploaded::Table(table)) => Some(table),
            _ => None,
        }
    }

    fn push(&mut self, faces: Faces, drawn: [bool; Quality::ALL.len()], kind: Kind, source: Source) {
        let needs = &mut self.needs;
        let count = match kind {
            Kind::Sticker { .. } | Kind::Overlay { .. } => &mut needs.pictures,
            Kind::Paint { .. } | Kind::Swap { .. } | Kind::Lut { .. } => &mut needs.looks,
            Kind::Prop { .. } => &mut needs.props,
        };
        let place = *count;
        *count += 1;
        let hides = match kind {
            Kind::Sticker { occlusion, .. } => occlusion != Occlusion::None,
            Kind::Prop { occluder, .. } => occluder != Occluder::None,
            _ => false,
        };
        let paints = matches!(kind, Kind::Paint { .. });
        let swaps = matches!(kind, Kind::Swap { .. });
        needs.skin |= hides || paints;
        needs.swap |= swaps;
        needs.heads |= hides || paints || swaps;
        self.items.push(Item {
            faces,
            drawn,
            kind,
            source,
            place,
        });
    }

    fn kind(&self, node: &Node) -> Result<Kind, Fault> {
        let picture = |asset| {
            self.cells(asset)
                .map(|_| asset)
                .ok_or_else(|| self.no_asset("a picture", asset))
        };
        let fixed = |blend| match blend {
            Blend::Overlay | Blend::SoftLight => Err(Fault::new(
                "a blend other than overlay and soft light",
                format!("{blend:?}"),
            )),
            blend => Ok(blend),
        };
        Ok(match node.kind {
            NodeKind::Sticker {
                asset,
                space,
                occlusion,
                blend,
            } => Kind::Sticker {
                asset: picture(asset)?,
                space,
                occlusion,
                blend: fixed(blend)?,
            },
            NodeKind::FacePaint {
                asset,
                exclude,
                blend,
            } => Kind::Paint {
                asset: picture(asset)?,
                exclude,
                blend,
            },
            NodeKind::FaceSwap { source, keep } => Kind::Swap { source, keep },
            NodeKind::Prop { asset, occluder } => {
                self.parts(asset).ok_or_else(|| self.no_asset("a model", asset))?;
                Kind::Prop { asset, occluder }
            }
            NodeKind::Overlay { asset, fit, blend } => Kind::Overlay {
                asset: picture(asset)?,
                fit,
                blend: fixed(blend)?,
            },
            NodeKind::Lut { asset } => {
                self.table(asset)
                    .ok_or_else(|| self.no_asset("a table of colours", asset))?;
                Kind::Lut { asset }
            }
            _ => return Err(Fault::new("a kind of node that is known", "another")),
        })
    }

    fn no_asset(&self, expected: &str, asset: usize) -> Fault {
        let found = match self.assets.get(asset) {
            None => format!("asset {asset} of {}", self.assets.len()),
            Some(Uploaded::Cells(_)) => format!("a picture at asset {asset}"),
            Some(Uploaded::Parts(_)) => format!("a model at asset {asset}"),
            Some(Uploaded::Table(_)) => format!("a table of colours at asset {asset}"),
        };
        Fault::new(expected, found)
    }
}
