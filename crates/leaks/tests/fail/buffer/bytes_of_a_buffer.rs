//! A handle as bytes, by bytemuck.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let bytes = bytemuck::bytes_of(buffer);
        assert!(!bytes.is_empty());
        let _ = access;
    }
}
