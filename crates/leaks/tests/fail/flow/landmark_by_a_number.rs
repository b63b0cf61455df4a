//! A landmark that the face chooses: a read whose address tells.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let slot = face.slot();
        let nose = face.landmark(slot);
        out.property(0, 0, nose.x * slot);
    })
    .unwrap();
}
