//! An affine map keeps the number of dimensions.

use moretta_space::{FaceMm, FramePx, Transform2};

fn main() {
    let _: Option<Transform2<FramePx, FaceMm>> = None;
}
