//! Where face memory lies.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let address = buffer.as_ptr();
        assert!(!address.is_null());
        let _ = access;
    }
}
