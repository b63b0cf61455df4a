//! Face memory as text.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let text = format!("{buffer:?}");
        assert!(!text.is_empty());
        let _ = access;
    }
}
