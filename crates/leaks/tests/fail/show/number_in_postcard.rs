//! A number of the face in postcard's bytes.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut bytes = [0; 64];
        let sent = postcard::to_slice(&yaw, &mut bytes);
        out.property(sent.unwrap().len() as u32, 0, yaw);
    })
    .unwrap();
}
