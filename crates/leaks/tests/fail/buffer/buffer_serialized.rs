//! Face memory in any format that serde knows.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        wire(buffer);
        let _ = access;
    }
}
