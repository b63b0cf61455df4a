//! A number of the face through a function of ordinary floats.

use moretta_lang::Program;

fn main() {
    fn squared(x: f32) -> f32 {
        x * x
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = squared(yaw);
        out.property(0, 0, exit);
    })
    .unwrap();
}
