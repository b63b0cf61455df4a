//! A number of the face, read back from the sprite that it went into.

use moretta_lang::{Anchor, Program, Signal, Sprite};

fn main() {
    Program::record(|face, out| {
        let smile = face.signal(Signal::Smile);
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0).opacity(smile);
        let opacity: f32 = hat.opacity;
        out.property(0, 0, opacity);
    })
    .unwrap();
}
