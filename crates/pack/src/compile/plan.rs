//! What nodes are once they are read: every name has a place, every number is a tree.

use moretta_lang::Anchor;

use crate::effect::{Faces, NodeKind, Quality};
use crate::number::Tree;

/// A node that will be drawn.
pub(super) struct NodePlan {
    pub(super) id: String,
    /// Its place in the manifest.
    pub(super) place: usize,
    pub(super) z: i32,
    pub(super) faces: Faces,
    pub(super) drawn: [bool; Quality::ALL.len()],
    /// The place among all assets, in `kind` too; `None` for what needs none.
    pub(super) asset: Option<usize>,
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
    Paint {
        lighting: Tree,
    },
    Swap {
        lighting: Tree,
        feather: Tree,
        shape: Tree,
        expression: Tree,
    },
    Prop(Box<PropPlan>),
    Frame,
}

/// The numbers of a sticker.
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

/// The numbers of a prop.
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
