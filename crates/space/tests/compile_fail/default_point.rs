//! A place is named: the origin is not a default.

use moretta_space::{FramePx, Point2};

fn main() {
    let _ = Point2::<FramePx>::default();
}
