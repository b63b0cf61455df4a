//! Texture coordinates are those of the upright frame.

use moretta_space::{SensorPx, Size};

fn main() {
    let _ = Size::<SensorPx>::new(4, 2).unwrap().uv_from_frame();
}
