//! Nodes, with every name resolved and every number read.

use std::borrow::Cow;

use serde_json::Value;

use super::assets::{Assets, Want, picture};
use super::check::{check_ms, levels};
use crate::asset::Ledger;
use crate::effect::{
    Asset, Blend, Exclude, Faces, Fit, NodeKind, Occluder, Occlusion, Quality, StickerSpace,
};
use crate::error::{Place, quoted};
use crate::files::MANIFEST_PATH;
use crate::limits::{
    MAX_FACES, MAX_FALLBACKS, MAX_MORPHS, MAX_PLACE_LANDMARKS, MAX_PLAY_MS, MAX_Z, MIN_PLAY_MS,
};
use crate::manifest::{
    AssetSpec, BlendSpec, Common, FacePaintSpec, FacesSpec, FitSpec, Level, LutNodeSpec, Manifest, NodeSpec,
    Number, OccluderSpec, OcclusionSpec, OverlaySpec, Part, Picture, PlaceSpec, PlayMode, Playing,
    Prop3dSpec, RestMode, RotateSpec, SizeSpec, SpringSpec, Sticker2dSpec,
};
use crate::number::{Names, Tree, read};
use crate::read::{Pointer, ReadError, from_value, one_of};
use moretta_lang::{Anchor, LANDMARKS};

/// A node that will be drawn.
pub(super) struct NodePlan {
    pub(super) id: String,
    /// Its place in the manifest.
    pub(super) place: usize,
    pub(super) z: i32,
    pub(super) faces: Faces,
    pub(super) drawn: [bool; Quality::ALL.len()],
    /// Its asset's place is one among all assets.
    pub(super) kind: NodeKind,
    pub(super) opacity: Tree,
    pub(super) when: Option<Tree>,
    pub(super) play: PlayPlan,
    pub(super) cell: CellPlan,
    pub(super) shape: Shape,
}

/// When a node is seen.
#[derive(Clone, Copy)]
pub(super) struct PlayPlan {
    pub(super) triggered: bool,
    /// How long a play lasts; `None` if it has no end.
    pub(super) duration_s: Option<f32>,
    /// Whether it stays after the end.
    pub(super) hold: bool,
}

/// Which cell of a sheet is shown.
pub(super) enum CellPlan {
    /// There is one only.
    Only,
    Given(Tree),
    Runs {
        fps: f32,
        count: u32,
        looped: bool,
    },
}

/// The numbers of a node that belong to its kind.
pub(super) enum Shape {
    Sticker(Box<StickerPlan>),
    Paint { lighting: Tree },
    Prop(Box<PropPlan>),
    Frame,
}

pub(super) struct StickerPlan {
    pub(super) spot: Spot,
    /// Whether it leans, of those in the plane of the frame.
    pub(super) upright: bool,
    pub(super) width: Tree,
    /// `None`: as high as the picture wants.
    pub(super) height: Option<Tree>,
    /// Columns to rows of what is shown.
    pub(super) aspect: f32,
    pub(super) offset: [Tree; 3],
    pub(super) pivot: [f32; 2],
    pub(super) rotation: Tree,
    pub(super) spring: Option<[Tree; 2]>,
}

pub(super) struct PropPlan {
    pub(super) spot: Spot,
    pub(super) offset: [Tree; 3],
    pub(super) rotation: [Tree; 3],
    pub(super) scale: Tree,
    pub(super) morphs: Vec<Tree>,
    pub(super) spring: Option<[Tree; 2]>,
}

/// What a node is fastened to.
pub(super) enum Spot {
    Anchor(Anchor),
    Landmarks(Vec<(u32, f32)>),
}

/// Reads the nodes of a manifest.
pub(super) struct Planner<'p> {
    pub(super) manifest: &'p Manifest,
    pub(super) assets: &'p mut Assets,
    pub(super) ledger: &'p mut Ledger,
}

/// The fallback of a node that this version does not know, and the keys in it that nobody knows, as pointers from the
/// node.
fn read_fallback(node: &Value) -> Result<Option<(NodeSpec, Vec<String>)>, ReadError> {
    let Some(fallback) = node.get("fallback") else {
        return Ok(None);
    };
    let within = |pointer: String| format!("/fallback{pointer}");
    match from_value(fallback) {
        Ok((spec, unknown)) => Ok(Some((spec, unknown.into_iter().map(within).collect()))),
        Err(error) => Err(ReadError {
            pointer: Some(within(error.pointer.unwrap_or_default())),
            ..error
        }),
    }
}

impl Planner<'_> {
    /// All nodes that this version can draw, in the order of the manifest.
    pub(super) fn nodes(&mut self, ids: &[String], names: &Names<'_>) -> Result<Vec<NodePlan>, ReadError> {
        let list = Pointer::Root.key("nodes");
        let manifest = self.manifest;
        let mut plans = Vec::new();
        for (item, (spec, id)) in manifest.nodes.iter().zip(ids).enumerate() {
            let plan = self.node(spec, &list.item(item), names, item, id, 0)?;
            plans.extend(plan);
        }
        Ok(plans)
    }

    /// The node, or what it falls back to.
    fn node(
        &mut self,
        spec: &NodeSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
        item: usize,
        id: &str,
        depth: usize,
    ) -> Result<Option<NodePlan>, ReadError> {
        if depth > MAX_FALLBACKS {
            let expected = format!("at most {MAX_FALLBACKS} fallbacks behind each other");
            return Err(ReadError::new(expected, "more").at(place));
        }
        let planned = match spec {
            NodeSpec::Sticker2d(spec) => self.sticker(spec, place, names)?,
            NodeSpec::FacePaint(spec) => self.face_paint(spec, place, names)?,
            NodeSpec::Prop3d(spec) => self.prop(spec, place, names)?,
            NodeSpec::Overlay(spec) => self.overlay(spec, place, names)?,
            NodeSpec::Lut(spec) => self.lut(spec, place, names)?,
            NodeSpec::Unknown(_) => None,
        };
        let fallback_place = place.key("fallback");
        let fallback = match spec {
            NodeSpec::Unknown(node) => self.unknown(node, place)?.map(Cow::Owned),
            known => known
                .common()
                .and_then(|common| common.fallback)
                .map(Cow::Borrowed),
        };
        let Some(common) = spec.common() else {
            return match fallback {
                Some(fallback) => self.node(&fallback, &fallback_place, names, item, id, depth + 1),
                None => Ok(None),
            };
        };
        let Some(Planned {
            kind,
            asset,
            faces,
            play,
            cell,
            shape,
            opacity,
        }) = planned
        else {
            let place = Place::new(MANIFEST_PATH, place.key("asset").to_string());
            let found = "another, and the node replaced by its fallback or left out";
            self.ledger
                .warn(place, "an asset of a type that this version knows", found);
            return match fallback {
                Some(fallback) => self.node(&fallback, &fallback_place, names, item, id, depth + 1),
                None => Ok(None),
            };
        };
        if let Some(fallback) = fallback {
            // Nobody takes it here, but whoever does must find it sound. What it names does not count.
            let unused = Names::new(names.params.clone(), names.states.clone(), names.nodes.clone());
            self.node(&fallback, &fallback_place, &unused, item, id, depth + 1)?;
        }
        let when = common
            .when
            .map(|when| read(&when.0, &place.key("when"), names))
            .transpose()?;
        if !(-MAX_Z..=MAX_Z).contains(&common.z) {
            let expected = format!("a whole number, -{MAX_Z} to {MAX_Z}");
            return Err(ReadError::new(expected, common.z).at(&place.key("z")));
        }
        self.assets.set_used(asset);
        Ok(Some(NodePlan {
            id: id.to_owned(),
            place: item,
            z: common.z,
            faces,
            drawn: self.drawn(&common, id),
            kind,
            opacity,
            when,
            play,
            cell,
            shape,
        }))
    }

    /// The fallback of a node of an unknown kind.
    fn unknown(&mut self, node: &Value, place: &Pointer<'_>) -> Result<Option<NodeSpec>, ReadError> {
        let kind = node.get("kind").and_then(Value::as_str).unwrap_or_default();
        let fallback = read_fallback(node).map_err(|error| ReadError {
            pointer: error.pointer.map(|pointer| format!("{place}{pointer}")),
            ..error
        })?;
        let became = if fallback.is_some() {
            "replaced by its fallback"
        } else {
            "left out"
        };
        let kind_place = Place::new(MANIFEST_PATH, place.key("kind").to_string());
        let found = format!("{}, and the node {became}", quoted(kind));
        self.ledger
            .warn(kind_place, "a kind that this version knows", found);
        Ok(fallback.map(|(spec, unknown)| {
            for pointer in unknown {
                let place = Place::new(MANIFEST_PATH, format!("{place}{pointer}"));
                self.ledger
                    .warn(place, "a key that this version knows", "another, left out");
            }
            spec
        }))
    }

    fn drawn(&self, common: &Common<'_>, id: &str) -> [bool; Quality::ALL.len()] {
        let least = match common.quality {
            Level::Low => Quality::Low,
            Level::Medium => Quality::Medium,
            Level::High => Quality::High,
        };
        let levels = levels(self.manifest);
        Quality::ALL.map(|quality| {
            let (_, level) = levels[quality.index()];
            quality >= least && !level.disable.iter().any(|disabled| disabled == id)
        })
    }

    fn sticker(
        &self,
        spec: &Sticker2dSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let Some(base) = self.pictured(&spec.picture(), spec.playing(), place, names)? else {
            return Ok(None);
        };
        let aspect = picture(self.assets.asset(base.asset)).map_or(1.0, |(image, [columns, rows])| {
            (image.width / columns) as f32 / (image.height / rows) as f32
        });
        let number = |number: &Number, place: &Pointer<'_>| read(&number.0, place, names);
        let size = place.key("size");
        let (width, height) = match &spec.size {
            SizeSpec::Width(width) => (number(width, &size)?, None),
            SizeSpec::Sides([width, height]) => (
                number(width, &size.item(0))?,
                Some(number(height, &size.item(1))?),
            ),
        };
        let offset_place = place.key("offset");
        let mut offset = [const { Tree::Constant(0.0) }; 3];
        let given = spec.offset.as_deref().unwrap_or_default();
        if spec.offset.is_some() && !(2..=3).contains(&given.len()) {
            let found = format!("a list of {}", given.len());
            return Err(ReadError::new("a list of 2 or 3", found).at(&offset_place));
        }
        for (item, (axis, given)) in offset.iter_mut().zip(given).enumerate() {
            *axis = number(given, &offset_place.item(item))?;
        }
        let pivot_place = place.key("pivot");
        for (item, side) in spec.pivot.iter().enumerate() {
            if !(-10.0..=10.0).contains(side) {
                return Err(ReadError::new("-10 to 10", side).at(&pivot_place.item(item)));
            }
        }
        let space = match spec.rotate {
            RotateSpec::Roll | RotateSpec::None => StickerSpace::Frame,
            RotateSpec::Full3d => StickerSpace::Head,
        };
        let occlusion = match spec.occlude {
            OcclusionSpec::None => Occlusion::None,
            OcclusionSpec::Face => Occlusion::Face,
            OcclusionSpec::BehindHead => Occlusion::BehindHead,
        };
        let kind = NodeKind::Sticker {
            asset: base.asset,
            space,
            occlusion,
            blend: plain_blend(spec.blend, place)?,
        };
        let shape = Shape::Sticker(Box::new(StickerPlan {
            spot: spot(&spec.anchor, &place.key("anchor"), names)?,
            upright: spec.rotate == RotateSpec::None,
            width,
            height,
            aspect,
            offset,
            pivot: spec.pivot,
            rotation: optional(spec.rotation.as_ref(), 0.0, &place.key("rotation"), names)?,
            spring: spring(spec.spring.as_ref(), &place.key("spring"), names)?,
        }));
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        base.planned(kind, faces(spec.faces, place)?, opacity, shape)
    }

    fn face_paint(
        &self,
        spec: &FacePaintSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let Some(base) = self.pictured(&spec.picture(), spec.playing(), place, names)? else {
            return Ok(None);
        };
        let excluded = |part| spec.exclude.as_ref().is_none_or(|parts| parts.contains(&part));
        let kind = NodeKind::FacePaint {
            asset: base.asset,
            exclude: Exclude {
                eyes: excluded(Part::Eyes),
                mouth: excluded(Part::Mouth),
            },
            blend: blend(spec.blend),
        };
        let lighting = optional(spec.lighting.as_ref(), 0.0, &place.key("lighting"), names)?;
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        base.planned(
            kind,
            faces(spec.faces, place)?,
            opacity,
            Shape::Paint { lighting },
        )
    }

    fn prop(
        &self,
        spec: &Prop3dSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let asset = self.assets.place(&spec.asset, Want::Model);
        let Some(asset) = asset.map_err(|error| error.at(&place.key("asset")))? else {
            return Ok(None);
        };
        let three = |numbers: Option<&[Number; 3]>, key: &str| {
            let place = place.key(key);
            let mut trees = [const { Tree::Constant(0.0) }; 3];
            for (item, (tree, number)) in trees.iter_mut().zip(numbers.into_iter().flatten()).enumerate() {
                *tree = read(&number.0, &place.item(item), names)?;
            }
            Ok::<_, ReadError>(trees)
        };
        let list = place.key("morphs");
        if spec.morphs.len() > MAX_MORPHS {
            let found = format!("a list of {}", spec.morphs.len());
            return Err(ReadError::new(format_args!("at most {MAX_MORPHS}"), found).at(&list));
        }
        let morphs = spec.morphs.iter().enumerate();
        let morphs = morphs.map(|(item, weight)| read(&weight.0, &list.item(item), names));
        let occluder = match spec.occluder {
            OccluderSpec::Head => Occluder::Head,
            OccluderSpec::Face => Occluder::Face,
            OccluderSpec::None => Occluder::None,
        };
        let shape = Shape::Prop(Box::new(PropPlan {
            spot: spot(&spec.anchor, &place.key("anchor"), names)?,
            offset: three(spec.offset.as_ref(), "offset")?,
            rotation: three(spec.rotation.as_ref(), "rotation")?,
            scale: optional(spec.scale.as_ref(), 1000.0, &place.key("scale"), names)?,
            morphs: morphs.collect::<Result<_, _>>()?,
            spring: spring(spec.spring.as_ref(), &place.key("spring"), names)?,
        }));
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        let base = Base {
            asset,
            play: play(spec.playing(), None, place)?,
            cell: CellPlan::Only,
        };
        base.planned(
            NodeKind::Prop { asset, occluder },
            faces(spec.faces, place)?,
            opacity,
            shape,
        )
    }

    fn overlay(
        &self,
        spec: &OverlaySpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let Some(base) = self.pictured(&spec.picture(), spec.playing(), place, names)? else {
            return Ok(None);
        };
        let fit = match spec.fit {
            FitSpec::Cover => Fit::Cover,
            FitSpec::Contain => Fit::Contain,
            FitSpec::Stretch => Fit::Stretch,
        };
        let kind = NodeKind::Overlay {
            asset: base.asset,
            fit,
            blend: plain_blend(spec.blend, place)?,
        };
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        base.planned(kind, Faces::All, opacity, Shape::Frame)
    }

    fn lut(
        &self,
        spec: &LutNodeSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let asset = self.assets.place(&spec.asset, Want::Lut);
        let Some(asset) = asset.map_err(|error| error.at(&place.key("asset")))? else {
            return Ok(None);
        };
        let strength = optional(spec.strength.as_ref(), 1.0, &place.key("strength"), names)?;
        let base = Base {
            asset,
            play: PlayPlan {
                triggered: false,
                duration_s: None,
                hold: false,
            },
            cell: CellPlan::Only,
        };
        base.planned(NodeKind::Lut { asset }, Faces::All, strength, Shape::Frame)
    }

    /// What nodes with a picture have; `None` if the type of the picture is not known.
    fn pictured(
        &self,
        picture: &Picture<'_>,
        playing: Playing,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Base>, ReadError> {
        let asset = self.assets.place(picture.asset, Want::Picture);
        let Some(asset) = asset.map_err(|error| error.at(&place.key("asset")))? else {
            return Ok(None);
        };
        let cell_place = place.key("cell");
        let given = picture
            .cell
            .map(|cell| read(&cell.0, &cell_place, names))
            .transpose()?;
        let sheet = match self.manifest.assets.get(self.assets.id(asset)) {
            Some(AssetSpec::SpriteSheet(spec)) => Some(spec),
            _ => None,
        };
        let cell = match (self.assets.asset(asset), sheet, given) {
            (Asset::SpriteSheet(_), _, Some(cell)) => CellPlan::Given(cell),
            (_, _, Some(_)) => {
                return Err(
                    ReadError::new("cell only with a sprite sheet", "it with an image").at(&cell_place),
                );
            }
            (Asset::SpriteSheet(sheet), Some(spec), None) => CellPlan::Runs {
                fps: spec.fps,
                count: sheet.count,
                looped: spec.looped,
            },
            _ => CellPlan::Only,
        };
        let length_s = match cell {
            CellPlan::Runs {
                fps,
                count,
                looped: false,
            } => Some(count as f32 / fps),
            _ => None,
        };
        Ok(Some(Base {
            asset,
            play: play(playing, length_s, place)?,
            cell,
        }))
    }
}

/// A node of a known kind, but for what all nodes have.
struct Planned {
    kind: NodeKind,
    asset: usize,
    faces: Faces,
    opacity: Tree,
    play: PlayPlan,
    cell: CellPlan,
    shape: Shape,
}

struct Base {
    asset: usize,
    play: PlayPlan,
    cell: CellPlan,
}

impl Base {
    fn planned(
        self,
        kind: NodeKind,
        faces: Faces,
        opacity: Tree,
        shape: Shape,
    ) -> Result<Option<Planned>, ReadError> {
        Ok(Some(Planned {
            kind,
            asset: self.asset,
            faces,
            opacity,
            play: self.play,
            cell: self.cell,
            shape,
        }))
    }
}

fn optional(
    number: Option<&Number>,
    default: f32,
    place: &Pointer<'_>,
    names: &Names<'_>,
) -> Result<Tree, ReadError> {
    match number {
        None => Ok(Tree::Constant(default)),
        Some(number) => read(&number.0, place, names),
    }
}

fn play(playing: Playing, length_s: Option<f32>, place: &Pointer<'_>) -> Result<PlayPlan, ReadError> {
    if let Some(duration) = playing.duration_ms {
        check_ms(duration, MIN_PLAY_MS, MAX_PLAY_MS, &place.key("duration_ms"))?;
    }
    Ok(PlayPlan {
        triggered: playing.play == PlayMode::Triggered,
        duration_s: playing.duration_ms.map(|ms| ms / 1000.0).or(length_s),
        hold: playing.after == RestMode::Hold,
    })
}

fn faces(spec: FacesSpec, place: &Pointer<'_>) -> Result<Faces, ReadError> {
    match spec {
        FacesSpec::All => Ok(Faces::All),
        FacesSpec::First => Ok(Faces::First),
        FacesSpec::Slot(slot) if slot < MAX_FACES => Ok(Faces::Slot(slot)),
        FacesSpec::Slot(slot) => {
            let place = place.key("faces");
            Err(ReadError::new(format_args!("0 to {}", MAX_FACES - 1), slot).at(&place.key("slot")))
        }
    }
}

const fn blend(spec: BlendSpec) -> Blend {
    match spec {
        BlendSpec::Normal => Blend::Normal,
        BlendSpec::Multiply => Blend::Multiply,
        BlendSpec::Screen => Blend::Screen,
        BlendSpec::Add => Blend::Add,
        BlendSpec::Overlay => Blend::Overlay,
        BlendSpec::SoftLight => Blend::SoftLight,
    }
}

/// A blend that does not need to read what is behind it.
fn plain_blend(spec: BlendSpec, place: &Pointer<'_>) -> Result<Blend, ReadError> {
    let found = match spec {
        BlendSpec::Overlay => "overlay",
        BlendSpec::SoftLight => "soft_light",
        plain => return Ok(blend(plain)),
    };
    let expected = one_of(["normal", "multiply", "screen", "add"]);
    Err(ReadError::new(expected, quoted(found)).at(&place.key("blend")))
}

fn spring(
    spec: Option<&SpringSpec>,
    place: &Pointer<'_>,
    names: &Names<'_>,
) -> Result<Option<[Tree; 2]>, ReadError> {
    let Some(spec) = spec else { return Ok(None) };
    let hertz = read(&spec.hertz.0, &place.key("hertz"), names)?;
    let damping = optional(spec.damping.as_ref(), 0.5, &place.key("damping"), names)?;
    Ok(Some([hertz, damping]))
}

fn spot(spec: &PlaceSpec, place: &Pointer<'_>, names: &Names<'_>) -> Result<Spot, ReadError> {
    let weights = match spec {
        PlaceSpec::Anchor(name) => {
            let anchor = Anchor::from_name(name);
            let wrong = || ReadError::new("the name of an anchor", quoted(name)).at(place);
            return Ok(Spot::Anchor(anchor.ok_or_else(wrong)?));
        }
        PlaceSpec::Landmarks(weights) => &weights.landmarks,
    };
    names.use_signal("landmarks");
    let place = place.key("landmarks");
    if !(1..=MAX_PLACE_LANDMARKS).contains(&weights.len()) {
        let found = format!("a list of {}", weights.len());
        return Err(ReadError::new(format_args!("1 to {MAX_PLACE_LANDMARKS} landmarks"), found).at(&place));
    }
    for (item, (landmark, weight)) in weights.iter().enumerate() {
        let place = place.item(item);
        if *landmark >= LANDMARKS {
            let expected = format!("a landmark, 0 to {}", LANDMARKS - 1);
            return Err(ReadError::new(expected, landmark).at(&place.item(0)));
        }
        if !(-10.0..=10.0).contains(weight) {
            return Err(ReadError::new("-10 to 10", weight).at(&place.item(1)));
        }
    }
    let sum: f32 = weights.iter().map(|(_, weight)| weight).sum();
    if (sum - 1.0).abs() > 1e-3 {
        return Err(ReadError::new("weights that add up to 1", sum).at(&place));
    }
    Ok(Spot::Landmarks(weights.clone()))
}
