//! A buffer of pointers to wherever.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<*const f32>,
    }
}
