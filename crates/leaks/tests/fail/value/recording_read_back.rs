//! What was recorded so far, read back by the effect.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        out.property(0, 0, face.yaw());
        let recording = out.tape;
        let _ = recording;
    })
    .unwrap();
}
