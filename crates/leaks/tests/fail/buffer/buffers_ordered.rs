//! Which of two frames comes first in the dictionary of faces.

use moretta_veil::{Access, FaceBuffer, Keep};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let order = PartialOrd::partial_cmp(buffer, &other);
        assert!(order.is_some());
    }
}
