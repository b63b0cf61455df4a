//! A name as the result of its recording.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        yaw
    })
    .unwrap();
}
