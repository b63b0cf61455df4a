//! A fingerprint of a number of the face.

use moretta_lang::Program;
use std::hash::{DefaultHasher, Hash, Hasher};

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut hasher = DefaultHasher::new();
        Hash::hash(&yaw, &mut hasher);
        out.property(hasher.finish() as u32, 0, yaw);
    })
    .unwrap();
}
