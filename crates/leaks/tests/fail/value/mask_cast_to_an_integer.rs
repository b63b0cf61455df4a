//! Whether the mouth is open, as an ordinary integer.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit = open as u8;
        let _ = (out, open, exit);
    })
    .unwrap();
}
