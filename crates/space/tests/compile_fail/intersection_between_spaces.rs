//! Rectangles overlap within one space.

use moretta_space::{CropPx, FramePx, Size};

fn main() {
    let frame = Size::<FramePx>::new(4, 2).unwrap().rect();
    let crop = Size::<CropPx>::new(2, 2).unwrap().rect();
    let _ = frame.intersect(crop);
}
