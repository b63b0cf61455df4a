//! A buffer of functions, which zeros are not.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<fn()>,
    }
}
