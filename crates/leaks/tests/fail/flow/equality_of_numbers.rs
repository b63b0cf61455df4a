//! A branch on whether two numbers of the face are equal.

use moretta_lang::Program;

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let (yaw, pitch) = (face.yaw(), face.pitch());
        if yaw == pitch {
            out.property(0, 0, yaw - pitch);
        }
    })
    .unwrap();
}
