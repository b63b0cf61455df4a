//! How many people are before the camera, as an ordinary integer.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let people: u32 = face.faces();
        let _ = (out, people);
    })
    .unwrap();
}
