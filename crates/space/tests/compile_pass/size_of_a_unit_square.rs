//! Texture coordinates count no pixels.

use moretta_space::{FramePx, Size};

fn takes(_: Size<FramePx>) {}

fn main() {
    let _ = takes;
}
