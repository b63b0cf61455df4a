//! Only device coordinates take a depth.

use moretta_space::{Ndc, Point2};

fn main() {
    assert_eq!(Point2::<Ndc>::ORIGIN.at_depth(0.5).raw().z, 0.5);
}
