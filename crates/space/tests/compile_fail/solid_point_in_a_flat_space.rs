//! A 2-dimensional space has no 3-dimensional points.

use moretta_space::{FramePx, Point3};

fn main() {
    let _: Option<Point3<FramePx>> = None;
}
