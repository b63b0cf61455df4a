//! A branch on which of two numbers of the face is less.

use moretta_lang::Program;

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let (yaw, pitch) = (face.yaw(), face.pitch());
        if yaw < pitch {
            out.property(0, 0, yaw.lt(pitch).select(yaw, pitch));
        }
    })
    .unwrap();
}
