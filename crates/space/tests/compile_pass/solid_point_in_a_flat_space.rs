//! A 2-dimensional space has no 3-dimensional points.

use moretta_space::{FramePx, Point2};

fn takes(_: Point2<FramePx>) {}

fn main() {
    let _ = takes;
}
