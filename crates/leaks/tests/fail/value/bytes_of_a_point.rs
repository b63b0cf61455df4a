//! A point of the face as bytes, by zerocopy.

use moretta_lang::{Anchor, Program};
use zerocopy::IntoBytes;

fn main() {
    fn wire(_: &impl IntoBytes) {}
    Program::record(|face, out| {
        let nose = face.anchor(Anchor::NoseTip);
        wire(&nose);
        out.property(0, 0, nose.x);
    })
    .unwrap();
}
