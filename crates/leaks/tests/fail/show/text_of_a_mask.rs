//! Whether the mouth is open, as text.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let text = open.to_string();
        out.property(text.len() as u32, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}
