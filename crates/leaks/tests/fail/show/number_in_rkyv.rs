//! A number of the face in rkyv's archive.

use moretta_lang::Program;

fn main() {
    fn archive(_: &impl rkyv::Archive) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        archive(&yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
