//! A number of the face as an address in text.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let place = &yaw;
        let text = format!("{yaw:p}");
        out.property(text.len() as u32, 0, *place);
    })
    .unwrap();
}
