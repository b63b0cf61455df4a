//! Whether the mouth is open, as an ordinary float.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit = f32::from(open);
        out.property(0, 0, exit);
    })
    .unwrap();
}
