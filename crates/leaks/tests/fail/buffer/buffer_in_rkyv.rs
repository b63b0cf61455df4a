//! Face memory in rkyv's archive.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn archive(_: &impl rkyv::Archive) {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        archive(buffer);
        let _ = (buffer, access);
    }
}
