//! A buffer of texts, whose bytes lie elsewhere.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<String>,
    }
}
