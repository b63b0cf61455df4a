//! A mask that outlives its recording in a cell.

use moretta_lang::{Program, Signal};
use std::cell::Cell;

fn main() {
    let kept = Cell::new(None);
    Program::record(|face, _| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        kept.set(Some(open));
    })
    .unwrap();
}
