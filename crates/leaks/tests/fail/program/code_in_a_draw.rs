//! Code as a draw's argument, to be called when there is a face.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let _ = face.yaw();
        out.property(0, 0, f32::sqrt);
    })
    .unwrap();
}
