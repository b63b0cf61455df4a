//! Leave to reach face memory, of one's own making.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine = &Access { ..*access };
        assert_eq!(buffer.view(mine).len(), 4);
    }
}
