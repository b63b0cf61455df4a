//! A return that happens only while the mouth is shut.

use moretta_lang::{Mask, Program, Signal};

fn main() {
    fn gate(open: Mask<'_>) -> Option<Mask<'_>> {
        open?;
        Some(open)
    }
    Program::record(|face, _| {
        assert!(gate(face.signal(Signal::MouthOpen).gt(0.5)).is_some());
    })
    .unwrap();
}
