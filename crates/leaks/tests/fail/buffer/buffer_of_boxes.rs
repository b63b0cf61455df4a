//! A buffer of boxes, whose content lies elsewhere.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<Box<f32>>,
    }
}
