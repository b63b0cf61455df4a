//! A number of the face in the log.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        log::info!("{}", yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
