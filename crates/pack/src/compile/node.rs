//! Nodes, with every name resolved and every number read.

use serde_json::Value;

use super::assets::{Assets, Want, picture};
use super::check::{check_ms, levels};
use super::plan::{CellPlan, NodePlan, PlayPlan, Shape};
use super::shape::{self, optional};
use crate::asset::Ledger;
use crate::effect::{
    Asset, Blend, Exclude, Faces, Fit, Keep, NodeKind, Occluder, Occlusion, Quality, StickerSpace, SwapSource,
};
use crate::error::{Place, quoted};
use crate::files::MANIFEST_PATH;
use crate::limits::{MAX_FACES, MAX_FALLBACKS, MAX_PLAY_MS, MAX_Z, MIN_PLAY_MS};
use crate::manifest::{
    AssetSpec, BlendSpec, Common, FacePaintSpec, FaceSwapSpec, FacesSpec, FitSpec, Level, LutNodeSpec,
    Manifest, NodeSpec, OccluderSpec, OcclusionSpec, OverlaySpec, Part, Picture, PlayMode, Playing,
    Prop3dSpec, RestMode, RotateSpec, SourceSpec, Sticker2dSpec,
};
use crate::number::{Names, Tree, read};
use crate::read::{Pointer, ReadError, from_value, one_of};

/// Reads the nodes of a manifest.
pub(super) struct Planner<'p> {
    pub(super) manifest: &'p Manifest,
    pub(super) assets: &'p mut Assets,
    pub(super) ledger: &'p mut Ledger,
}

impl Planner<'_> {
    /// All nodes that this version can draw, in the order of the manifest.
    pub(super) fn nodes(&mut self, ids: &[String], names: &Names<'_>) -> Result<Vec<NodePlan>, ReadError> {
        let list = Pointer::Root.key("nodes");
        let manifest = self.manifest;
        let mut plans = Vec::new();
        for (item, (spec, id)) in manifest.nodes.iter().zip(ids).enumerate() {
            if let Some(plan) = self.node(spec, &list.item(item), names, item, id, 0)? {
                if let Some(asset) = plan.asset {
                    self.assets.set_used(asset);
                }
                check_swap(&plan, &plans, &list.item(item))?;
                plans.push(plan);
            }
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
            NodeSpec::FaceSwap(spec) => Some(face_swap(spec, place, names)?),
            NodeSpec::Prop3d(spec) => self.prop(spec, place, names)?,
            NodeSpec::Overlay(spec) => self.overlay(spec, place, names)?,
            NodeSpec::Lut(spec) => self.lut(spec, place, names)?,
            NodeSpec::Unknown(_) => None,
        };
        let fallback = match spec {
            NodeSpec::Unknown(node) => node.get("fallback"),
            known => known.common().and_then(|common| common.fallback),
        };
        let Some((common, planned)) = spec.common().zip(planned) else {
            self.warn_of_unusable(spec, place, fallback.is_some());
            return match fallback {
                Some(node) => self.fallback(node, place, names, item, id, depth),
                None => Ok(None),
            };
        };
        if let Some(node) = fallback {
            // Nobody takes it here, but whoever does must find it sound. What it names does not count.
            let unused = Names::new(names.params.clone(), names.states.clone(), names.nodes.clone());
            self.fallback(node, place, &unused, item, id, depth)?;
        }
        let when = common
            .when
            .map(|when| read(&when.0, &place.key("when"), names))
            .transpose()?;
        if !(-MAX_Z..=MAX_Z).contains(&common.z) {
            let expected = format!("a whole number, -{MAX_Z} to {MAX_Z}");
            return Err(ReadError::new(expected, common.z).at(&place.key("z")));
        }
        if let Some(asset) = planned.asset {
            self.assets.set_named(asset);
        }
        Ok(Some(NodePlan {
            id: id.to_owned(),
            place: item,
            z: common.z,
            faces: planned.faces,
            drawn: self.drawn(&common, id),
            asset: planned.asset,
            kind: planned.kind,
            opacity: planned.opacity,
            when,
            play: planned.play,
            cell: planned.cell,
            shape: planned.shape,
        }))
    }

    /// What the node at `outer` falls back to.
    fn fallback(
        &mut self,
        node: &Value,
        outer: &Pointer<'_>,
        names: &Names<'_>,
        item: usize,
        id: &str,
        depth: usize,
    ) -> Result<Option<NodePlan>, ReadError> {
        let place = outer.key("fallback");
        let (spec, unknown) = from_value::<NodeSpec>(node).map_err(|error| ReadError {
            pointer: Some(format!("{place}{}", error.pointer.unwrap_or_default())),
            ..error
        })?;
        for pointer in unknown {
            let place = Place::new(MANIFEST_PATH, format!("{place}{pointer}"));
            self.ledger
                .warn(place, "a key that this version knows", "another, left out");
        }
        self.node(&spec, &place, names, item, id, depth + 1)
    }

    /// Says why the node is not used, and what became of it.
    fn warn_of_unusable(&mut self, spec: &NodeSpec, place: &Pointer<'_>, falls_back: bool) {
        let became = if falls_back {
            "replaced by its fallback"
        } else {
            "left out"
        };
        let (key, expected, found) = match spec {
            NodeSpec::Unknown(node) => {
                let kind = node.get("kind").and_then(Value::as_str).unwrap_or_default();
                ("kind", "a kind that this version knows", quoted(kind))
            }
            _ => (
                "asset",
                "an asset of a type that this version knows",
                "another".to_owned(),
            ),
        };
        let place = Place::new(MANIFEST_PATH, place.key(key).to_string());
        self.ledger
            .warn(place, expected, format_args!("{found}, and the node {became}"));
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
        let plan = shape::sticker(spec, aspect, place, names)?;
        let kind = NodeKind::Sticker {
            asset: base.asset,
            space: match spec.rotate {
                RotateSpec::Roll | RotateSpec::None => StickerSpace::Frame,
                RotateSpec::Full3d => StickerSpace::Head,
            },
            occlusion: match spec.occlude {
                OcclusionSpec::None => Occlusion::None,
                OcclusionSpec::Face => Occlusion::Face,
                OcclusionSpec::BehindHead => Occlusion::BehindHead,
            },
            blend: plain_blend(spec.blend, place)?,
        };
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        let shape = Shape::Sticker(Box::new(plan));
        Ok(Some(base.planned(
            kind,
            faces(spec.faces, place)?,
            opacity,
            shape,
        )))
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
        let shape = Shape::Paint { lighting };
        Ok(Some(base.planned(
            kind,
            faces(spec.faces, place)?,
            opacity,
            shape,
        )))
    }

    fn prop(
        &self,
        spec: &Prop3dSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let Some(asset) = self.asset(&spec.asset, Want::Model, place)? else {
            return Ok(None);
        };
        let plan = shape::prop(spec, place, names)?;
        let occluder = match spec.occluder {
            OccluderSpec::Head => Occluder::Head,
            OccluderSpec::Face => Occluder::Face,
            OccluderSpec::None => Occluder::None,
        };
        let opacity = optional(spec.opacity.as_ref(), 1.0, &place.key("opacity"), names)?;
        let base = Base {
            asset,
            play: play(spec.playing(), None, place)?,
            cell: CellPlan::Only,
        };
        let kind = NodeKind::Prop { asset, occluder };
        let shape = Shape::Prop(Box::new(plan));
        Ok(Some(base.planned(
            kind,
            faces(spec.faces, place)?,
            opacity,
            shape,
        )))
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
        Ok(Some(base.planned(kind, Faces::All, opacity, Shape::Frame)))
    }

    fn lut(
        &self,
        spec: &LutNodeSpec,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Planned>, ReadError> {
        let Some(asset) = self.asset(&spec.asset, Want::Lut, place)? else {
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
        let kind = NodeKind::Lut { asset };
        Ok(Some(base.planned(kind, Faces::All, strength, Shape::Frame)))
    }

    /// The place of the asset of the node at `place`; `None` if its type is not known.
    fn asset(&self, id: &str, want: Want, place: &Pointer<'_>) -> Result<Option<usize>, ReadError> {
        let found = self.assets.place(id, want);
        found.map_err(|error| error.at(&place.key("asset")))
    }

    /// What nodes with a picture have; `None` if the type of the picture is not known.
    fn pictured(
        &self,
        picture: &Picture<'_>,
        playing: Playing,
        place: &Pointer<'_>,
        names: &Names<'_>,
    ) -> Result<Option<Base>, ReadError> {
        let Some(asset) = self.asset(picture.asset, Want::Picture, place)? else {
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
    asset: Option<usize>,
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
    fn planned(self, kind: NodeKind, faces: Faces, opacity: Tree, shape: Shape) -> Planned {
        Planned {
            kind,
            asset: Some(self.asset),
            faces,
            opacity,
            play: self.play,
            cell: self.cell,
            shape,
        }
    }
}

fn face_swap(spec: &FaceSwapSpec, place: &Pointer<'_>, names: &Names<'_>) -> Result<Planned, ReadError> {
    let kept = |part| spec.keep.as_ref().is_none_or(|parts| parts.contains(&part));
    let number = |number, none, key| optional(number, none, &place.key(key), names);
    Ok(Planned {
        kind: NodeKind::FaceSwap {
            source: match spec.source {
                SourceSpec::NextFace => SwapSource::NextFace,
                SourceSpec::FirstFace => SwapSource::FirstFace,
                SourceSpec::Photo => SwapSource::Photo,
            },
            keep: Keep {
                eyes: kept(Part::Eyes),
                mouth: kept(Part::Mouth),
            },
        },
        asset: None,
        faces: faces(spec.faces, place)?,
        opacity: number(spec.amount.as_ref(), 1.0, "amount")?,
        play: play(spec.playing(), None, place)?,
        cell: CellPlan::Only,
        shape: Shape::Swap {
            lighting: number(spec.lighting.as_ref(), 1.0, "lighting")?,
            feather: number(spec.feather.as_ref(), 1.0, "feather")?,
            shape: number(spec.shape.as_ref(), 0.0, "shape")?,
            expression: number(spec.expression.as_ref(), 0.0, "expression")?,
        },
    })
}

/// A face takes on the looks of one other.
fn check_swap(plan: &NodePlan, before: &[NodePlan], place: &Pointer<'_>) -> Result<(), ReadError> {
    let swaps = |plan: &NodePlan| matches!(plan.kind, NodeKind::FaceSwap { .. });
    match before.iter().find(|it| swaps(it)).filter(|_| swaps(plan)) {
        None => Ok(()),
        Some(first) => {
            let found = format!("another one beside {}", quoted(&first.id));
            Err(ReadError::new("one face_swap in a pack", found).at(&place.key("kind")))
        }
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
