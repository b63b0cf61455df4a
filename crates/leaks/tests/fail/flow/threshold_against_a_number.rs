//! The same with the float on the left, where its own comparison might help.

use moretta_lang::Program;

fn main() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if 0.5 < yaw {
            out.property(0, 0, yaw);
        }
    })
    .unwrap();
}
