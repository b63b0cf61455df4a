//! A sprite and the numbers that place it, as text.

use moretta_lang::{Anchor, Program, Sprite};

fn main() {
    Program::record(|face, out| {
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0);
        let text = format!("{hat:#?}");
        out.sprite(text.len() as u32, hat);
    })
    .unwrap();
}
