//! Face memory by something that is no leave.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = buffer.view(&());
        assert_eq!(view.len(), 4);
        let _ = access;
    }
}
