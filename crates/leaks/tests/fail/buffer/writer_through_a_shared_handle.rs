//! A writer where others may be reading.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let shared = &*buffer;
        shared.view_mut(access)[0] = 1.5;
        let _ = access;
    }
}
