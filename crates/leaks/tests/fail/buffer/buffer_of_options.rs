//! A buffer of options, which have bytes that nobody wrote.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<Option<u32>>,
    }
}
