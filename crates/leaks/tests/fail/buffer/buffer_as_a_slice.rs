//! All of face memory, by dereference.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view: &[f32] = buffer;
        assert_eq!(view.len(), 4);
        let _ = access;
    }
}
