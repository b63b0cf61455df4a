//! A branch on the range that a number of the face is in.

use moretta_lang::Program;

fn main() {
    const LOUD: f32 = 0.75;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if let 0.5.. = yaw {
            out.property(0, 0, yaw * LOUD);
        }
    })
    .unwrap();
}
