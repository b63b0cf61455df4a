//! A buffer of bools, which most bytes are not.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<bool>,
    }
}
