//! A 2-dimensional space has no 3-dimensional points.

use moretta_space::{FramePx, Point3};

fn takes(_: Point3<FramePx>) {}

fn main() {}
