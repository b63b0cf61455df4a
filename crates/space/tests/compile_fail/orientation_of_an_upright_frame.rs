//! What is upright already is not turned again.

use moretta_space::{FramePx, Orientation, Size};

fn main() {
    let _ = Orientation::UPRIGHT.frame_from_sensor(Size::<FramePx>::new(4, 2).unwrap());
}
