//! A handle that reaches past its memory.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        buffer.len = 1 << 20;
        let _ = (buffer, access);
    }
}
