//! The sink of draws, kept to draw when the recording is over.

use moretta_lang::Program;
use std::cell::OnceCell;

fn main() {
    let kept = OnceCell::new();
    Program::record(|_, out| {
        let _ = kept.set(out);
    })
    .unwrap();
}
