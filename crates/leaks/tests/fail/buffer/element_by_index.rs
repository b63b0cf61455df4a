//! One number of face memory, without access.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let first = buffer[0];
        assert_eq!(first, 0.0);
        let _ = access;
    }
}
