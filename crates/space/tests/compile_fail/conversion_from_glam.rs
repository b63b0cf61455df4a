//! Bare numbers do not turn into a point.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn main() {
    let _: Point2<FramePx> = Vec2::ONE.into();
}
