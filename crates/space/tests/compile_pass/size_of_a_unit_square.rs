//! Texture coordinates count no pixels.

use moretta_space::{FramePx, Size};

fn main() {
    let _: Option<Size<FramePx>> = None;
}
