//! A name as bytes, by bytemuck.

use moretta_lang::Program;

fn main() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let bytes = bytemuck::bytes_of(&yaw);
        let _ = (yaw, bytes.len());
    })
    .unwrap();
}
