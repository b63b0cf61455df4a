//! A branch on whether a number of the face is over a threshold.

use moretta_lang::Program;

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if yaw > 0.5 {
            out.property(0, 0, yaw.gt(0.5).select(1.0, 0.0));
        }
    })
    .unwrap();
}
