//! A write through a view for reading.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        buffer.view(access)[0] = 1.5;
    }
}
