//! A name in a future that is awaited when the recording is over.

use moretta_lang::Program;

fn main() {
    let mut later = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        later = Some(async move { yaw });
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(later);
}
