//! A state that starts from the face, and so outlives its loss.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept = face.state(yaw, |before| before);
        out.property(0, 0, kept);
    })
    .unwrap();
}
