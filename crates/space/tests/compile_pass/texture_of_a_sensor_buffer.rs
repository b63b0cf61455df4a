//! Texture coordinates are those of the upright frame.

use moretta_space::{FramePx, Size};

fn main() {
    let _ = Size::<FramePx>::new(4, 2).unwrap().uv_from_frame();
}
