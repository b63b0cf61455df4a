//! Nothing is the same place in two spaces.

use moretta_space::{CropPx, FramePx, Transform2};

fn main() {
    let _: Transform2<FramePx, FramePx> = Transform2::IDENTITY;
    let _: Transform2<CropPx, CropPx> = Transform2::IDENTITY;
}
