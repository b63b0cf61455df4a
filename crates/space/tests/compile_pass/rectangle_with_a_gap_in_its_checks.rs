//! A rectangle is made by the functions that check it.

use moretta_space::{FramePx, Point2, Rect};

fn main() {
    let corner = Point2::<FramePx>::ORIGIN;
    assert!(Rect::new(corner, corner).is_err());
}
