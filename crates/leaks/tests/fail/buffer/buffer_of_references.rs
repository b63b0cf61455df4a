//! A buffer of references, which zeros are not.

use moretta_veil::FaceBuffer;

fn main() {
    struct Tensors {
        other: FaceBuffer<&'static f32>,
    }
}
