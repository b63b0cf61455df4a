//! An affine map keeps the number of dimensions.

use moretta_space::{CropPx, FramePx, Transform2};

fn takes(_: Transform2<FramePx, CropPx>) {}

fn main() {
    let _ = takes;
}
