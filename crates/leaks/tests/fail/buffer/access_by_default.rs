//! Leave to reach face memory, out of nothing.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine: &Access<'_> = &Default::default();
        assert_eq!(buffer.view(mine).len(), 4);
        let _ = access;
    }
}
