//! A point that outlives its recording in a list.

use moretta_lang::{Anchor, Program};
use std::cell::RefCell;

fn main() {
    let kept = RefCell::new(Vec::new());
    Program::record(|face, _| {
        let nose = face.anchor(Anchor::NoseTip);
        kept.borrow_mut().push(nose);
    })
    .unwrap();
}
