//! A 3-dimensional space has no 2-dimensional points.

use moretta_space::{FaceMm, Point3};

fn takes(_: Point3<FaceMm>) {}

fn main() {
    let _ = takes;
}
