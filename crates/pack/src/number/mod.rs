//! Numbers of a pack: constants, formulas and trees, read into one [`Tree`].

mod formula;
mod names;
mod tree;

pub(crate) use names::{Names, Used, check_id};
pub(crate) use tree::{Axis, Function, Leaf, PoseValue, SceneValue, Spot, Tree, read, signal_names};
