//! A handle as addresses, where unsafe code is forbidden.
#![forbid(unsafe_code)]

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let words: [usize; 3] = unsafe { std::mem::transmute_copy(buffer) };
        let _ = (words, buffer, access);
    }
}
