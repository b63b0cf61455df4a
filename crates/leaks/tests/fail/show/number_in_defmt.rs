//! A number of the face in defmt's stream.

use moretta_lang::Program;

fn main() {
    fn send(_: &impl defmt::Format) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        send(&yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
