//! Two writers of the same face memory.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let first = buffer.view_mut(access);
        let second = buffer.view_mut(access);
        second[0] = 2.5;
        first[0] = 1.5;
    }
}
