//! A name that outlives its recording in a variable.

use moretta_lang::Program;

fn main() {
    let mut kept = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        kept = Some(yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
    let _ = kept;
}
