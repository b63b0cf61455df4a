//! A loop that runs while the mouth is open: its time tells.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let mut turns = 0;
        while open {
            out.property(turns, 0, open.select(1.0, 0.0));
            turns += 1;
        }
    })
    .unwrap();
}
