//! A handle to memory outside of every vault.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other = FaceBuffer::<f32>::default();
        assert_eq!(other.len(), buffer.len());
        let _ = access;
    }
}
