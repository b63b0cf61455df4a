//! All of face memory, by `AsRef`.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = AsRef::<[f32]>::as_ref(buffer);
        assert_eq!(view.len(), 4);
        let _ = access;
    }
}
