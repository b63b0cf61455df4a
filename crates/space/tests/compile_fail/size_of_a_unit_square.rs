//! Texture coordinates count no pixels.

use moretta_space::{FrameUv, Size};

fn takes(_: Size<FrameUv>) {}

fn main() {}
