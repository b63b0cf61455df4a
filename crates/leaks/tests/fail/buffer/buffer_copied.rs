//! A second copy of face memory.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let copy = FaceBuffer::clone(buffer);
        assert_eq!(copy.len(), buffer.len());
        let _ = access;
    }
}
