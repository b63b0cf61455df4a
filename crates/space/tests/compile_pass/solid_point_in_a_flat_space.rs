//! A 2-dimensional space has no 3-dimensional points.

use moretta_space::{FramePx, Point2};

fn main() {
    let _: Option<Point2<FramePx>> = None;
}
