//! A number of the face in any format that serde knows.

use moretta_lang::Program;

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        wire(&yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
