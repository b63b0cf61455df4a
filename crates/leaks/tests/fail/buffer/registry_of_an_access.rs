//! All face memory of a veil at once.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let registry = access.registry;
        let _ = (registry, buffer);
    }
}
