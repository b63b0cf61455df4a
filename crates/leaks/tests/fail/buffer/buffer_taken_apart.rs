//! What a handle is made of, by pattern.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let FaceBuffer { len: _, .. } = &*buffer;
        let _ = access;
    }
}
