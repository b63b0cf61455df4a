//! One coordinate of a landmark as an ordinary float.

use moretta_lang::{Anchor, Program};

fn main() {
    Program::record(|face, out| {
        let nose = face.anchor_mm(Anchor::NoseTip);
        let depth: f32 = nose.z;
        out.property(0, 0, depth);
    })
    .unwrap();
}
