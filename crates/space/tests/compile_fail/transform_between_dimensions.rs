//! An affine map keeps the number of dimensions.

use moretta_space::{FaceMm, FramePx, Transform2};

fn takes(_: Transform2<FramePx, FaceMm>) {}

fn main() {}
