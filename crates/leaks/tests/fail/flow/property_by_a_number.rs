//! A node that the face chooses among the pack's.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let slot = face.slot();
        out.property(slot, 0, 1.0);
    })
    .unwrap();
}
