//! A 3-dimensional space has no 2-dimensional points.

use moretta_space::{FaceMm, Point3};

fn main() {
    let _: Option<Point3<FaceMm>> = None;
}
