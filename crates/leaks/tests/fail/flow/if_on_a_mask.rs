//! A draw that happens only while the mouth is open: its count tells.

use moretta_lang::{Program, Signal};

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        if open {
            out.property(0, 0, open.select(1.0, 0.0));
        }
    })
    .unwrap();
}
