//! Texture coordinates count no pixels.

use moretta_space::{FrameUv, Size};

fn main() {
    let _: Option<Size<FrameUv>> = None;
}
