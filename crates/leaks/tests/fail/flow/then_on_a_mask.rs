//! Code that runs only while the mouth is open, without an `if`.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        open.then(|| out.property(0, 0, 1.0));
        let _ = open;
    })
    .unwrap();
}
