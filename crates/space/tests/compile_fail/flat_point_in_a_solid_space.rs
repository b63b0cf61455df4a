//! A 3-dimensional space has no 2-dimensional points.

use moretta_space::{FaceMm, Point2};

fn takes(_: Point2<FaceMm>) {}

fn main() {}
