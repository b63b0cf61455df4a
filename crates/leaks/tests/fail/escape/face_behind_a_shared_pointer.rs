//! The source of names, kept for later behind an `Rc`.

use moretta_lang::Program;
use std::cell::RefCell;
use std::rc::Rc;

fn main() {
    let kept = Rc::new(RefCell::new(None));
    let inner = Rc::clone(&kept);
    Program::record(move |face, _| {
        *inner.borrow_mut() = Some(face);
    })
    .unwrap();
    drop(kept);
}
