//! The bits of a number of the face.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw.to_bits() as f32;
        out.property(0, 0, exit);
    })
    .unwrap();
}
