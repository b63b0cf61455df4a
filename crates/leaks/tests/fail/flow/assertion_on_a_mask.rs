//! A panic that happens only while the mouth is shut.

use moretta_lang::{Program, Signal};

fn main() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        assert!(open);
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}
