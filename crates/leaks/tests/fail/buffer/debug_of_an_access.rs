//! What an access leads to, as text.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let text = format!("{access:?}");
        assert!(!text.is_empty());
        let _ = buffer;
    }
}
