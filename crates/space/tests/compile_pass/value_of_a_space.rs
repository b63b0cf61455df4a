//! A space is a type and no value.

use moretta_space::{FramePx, Point2};

fn main() {
    let _ = Point2::<FramePx>::ORIGIN;
}
