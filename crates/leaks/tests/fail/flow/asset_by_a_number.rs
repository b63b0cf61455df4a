//! A picture that the face chooses among the pack's.

use moretta_lang::{Anchor, Program, Sprite};

fn main() {
    Program::record(|face, out| {
        let slot = face.slot();
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0).cell(slot);
        out.sprite(slot, hat);
    })
    .unwrap();
}
