//! Only device coordinates take a depth.

use moretta_space::{FramePx, Point2};

fn main() {
    let _ = Point2::<FramePx>::ORIGIN.at_depth(0.5);
}
