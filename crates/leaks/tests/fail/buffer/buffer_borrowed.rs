//! All of face memory, by `Borrow`.

use moretta_veil::{Access, FaceBuffer};
use std::borrow::Borrow;

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = <FaceBuffer<f32> as Borrow<[f32]>>::borrow(buffer);
        assert_eq!(view.len(), 4);
        let _ = access;
    }
}
