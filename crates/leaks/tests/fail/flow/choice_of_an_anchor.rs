//! An anchor that the face chooses.

use moretta_lang::{Anchor, Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let place = open.select(Anchor::Chin, 0.0);
        out.property(0, 0, place);
    })
    .unwrap();
}
