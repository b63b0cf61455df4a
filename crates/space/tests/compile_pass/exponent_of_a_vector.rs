//! No way of formatting numbers formats a vector.

use glam::Vec2;
use moretta_space::{FramePx, Vector2};

fn main() {
    let step = Vector2::<FramePx>::from_raw(Vec2::X);
    assert_eq!(format!("{step:?}"), "Vector2<FramePx>(..)");
}
