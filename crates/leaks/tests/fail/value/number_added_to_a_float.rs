//! A number of the face, added to an ordinary float.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut sum = 1.5_f32;
        sum = sum + yaw;
        out.property(0, 0, yaw + sum);
    })
    .unwrap();
}
