//! Which register a name stands for, to read it later.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw.register as f32;
        out.property(0, 0, exit);
    })
    .unwrap();
}
