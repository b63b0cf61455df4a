//! An ordinary float out of a difference in which the face takes part.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let rest: f32 = 1.0 - yaw;
        out.property(0, 0, rest);
    })
    .unwrap();
}
