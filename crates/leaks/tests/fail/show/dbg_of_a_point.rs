//! A landmark on the terminal, by `dbg!`.

use moretta_lang::{Anchor, Program};

fn main() {
    Program::record(|face, _| {
        let nose = face.anchor(Anchor::NoseTip);
        dbg!(nose);
        let _ = nose;
    })
    .unwrap();
}
