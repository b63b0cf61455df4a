//! Leave to reach face memory for longer than it was lent.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine = &Access::clone(access);
        assert_eq!(buffer.view(mine).len(), 4);
    }
}
