//! A number of the face as a string, by conversion.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let text = String::from(yaw);
        out.property(text.len() as u32, 0, yaw);
    })
    .unwrap();
}
