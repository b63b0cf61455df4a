//! Each number of face memory, without access.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        for number in &*buffer {
            let _ = number;
        }
        let _ = access;
    }
}
