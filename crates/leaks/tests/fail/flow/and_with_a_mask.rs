//! A mask as a condition's second half.

use moretta_lang::{Program, Signal};

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        if LOUD && open {
            out.property(0, 0, open.select(1.0, 0.0));
        }
    })
    .unwrap();
}
