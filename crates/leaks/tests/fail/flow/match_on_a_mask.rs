//! Code of one's own for either state of the mouth.

use moretta_lang::{Program, Signal};

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        match open {
            true => out.property(0, 0, open.select(1.0, 0.0)),
            _ => out.property(1, 0, 1.0),
        }
    })
    .unwrap();
}
