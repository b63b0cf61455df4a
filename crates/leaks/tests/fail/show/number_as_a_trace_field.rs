//! A number of the face as a field of a trace event.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        tracing::info!(yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
