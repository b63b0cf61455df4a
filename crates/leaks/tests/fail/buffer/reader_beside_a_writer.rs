//! A reader of face memory that changes under its hands.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let writer = buffer.view_mut(access);
        let reader = buffer.view(access);
        assert_eq!(reader.len(), 4);
        writer[0] = 1.5;
    }
}
