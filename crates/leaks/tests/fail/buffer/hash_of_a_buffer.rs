//! A fingerprint of face memory.

use moretta_veil::{Access, FaceBuffer};
use std::hash::{DefaultHasher, Hash, Hasher};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mut hasher = DefaultHasher::new();
        Hash::hash(buffer, &mut hasher);
        assert_ne!(hasher.finish(), 0);
        let _ = access;
    }
}
