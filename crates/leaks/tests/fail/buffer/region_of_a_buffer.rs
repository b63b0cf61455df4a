//! The memory that a handle leads to.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let region = &buffer.region;
        let _ = (region, access);
    }
}
