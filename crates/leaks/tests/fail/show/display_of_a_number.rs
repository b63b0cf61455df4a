//! A number of the face as text.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let text = format!("{yaw}");
        out.property(text.len() as u32, 0, yaw);
    })
    .unwrap();
}
