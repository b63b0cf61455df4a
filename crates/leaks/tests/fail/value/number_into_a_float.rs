//! A number of the face as an ordinary float, by conversion.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit: f32 = yaw.into();
        out.property(0, 0, exit);
    })
    .unwrap();
}
