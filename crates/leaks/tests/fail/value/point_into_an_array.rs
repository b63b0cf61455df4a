//! A landmark's coordinates as ordinary floats.

use moretta_lang::{Anchor, Program};

fn main() {
    Program::record(|face, out| {
        let nose = face.anchor(Anchor::NoseTip);
        let [x, y]: [f32; 2] = nose.into();
        out.property(0, 0, x);
        out.property(0, 1, y);
    })
    .unwrap();
}
