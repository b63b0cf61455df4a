//! Whether the mouth is open, as an ordinary bool.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit: bool = open.into();
        let _ = (out, exit);
    })
    .unwrap();
}
