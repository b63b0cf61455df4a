//! A view that outlives the call it was lent for.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) -> &'static [f32] {
        buffer.view(access)
    }
}
