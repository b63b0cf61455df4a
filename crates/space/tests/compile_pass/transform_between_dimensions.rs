//! An affine map keeps the number of dimensions.

use moretta_space::{CropPx, FramePx, Transform2};

fn main() {
    let _: Option<Transform2<FramePx, CropPx>> = None;
}
