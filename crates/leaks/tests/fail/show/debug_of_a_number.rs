//! A number of the face on the terminal.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        println!("{yaw:?}");
        out.property(0, 0, yaw);
    })
    .unwrap();
}
