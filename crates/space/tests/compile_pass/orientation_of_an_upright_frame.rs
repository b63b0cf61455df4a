//! What is upright already is not turned again.

use moretta_space::{Orientation, SensorPx, Size};

fn main() {
    let _ = Orientation::UPRIGHT.frame_from_sensor(Size::<SensorPx>::new(4, 2).unwrap());
}
