//! All of face memory in memory that nobody wipes, by conversion.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let list = Vec::<f32>::from(&*buffer);
        assert_eq!(list.len(), buffer.len());
        let _ = access;
    }
}
