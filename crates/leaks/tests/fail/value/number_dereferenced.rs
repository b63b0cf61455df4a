//! What a name stands for, by dereference.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = *yaw;
        out.property(0, 0, exit);
    })
    .unwrap();
}
