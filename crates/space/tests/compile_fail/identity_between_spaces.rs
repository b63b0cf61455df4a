//! Nothing is the same place in two spaces.

use moretta_space::{CropPx, FramePx, Transform2};

fn main() {
    let _: Transform2<FramePx, CropPx> = Transform2::IDENTITY;
}
