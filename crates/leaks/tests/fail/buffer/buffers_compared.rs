//! Whether two frames hold the same face.

use moretta_veil::{Access, FaceBuffer, Keep};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let same = *buffer == other;
        assert!(same);
    }
}
