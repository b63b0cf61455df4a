//! A view of memory that was given back.

use moretta_veil::{Access, FaceBuffer, Keep};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let view = other.view(access);
        drop(other);
        assert_eq!(buffer.len(), 4);
        assert_eq!(view.len(), 4);
    }
}
