//! Code that the face chooses.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let size = open.select(f32::default, 1.0);
        out.property(0, 0, size);
    })
    .unwrap();
}
