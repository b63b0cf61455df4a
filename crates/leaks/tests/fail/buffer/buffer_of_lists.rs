//! A buffer of lists, whose elements lie elsewhere.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<Vec<f32>>,
    }
}
