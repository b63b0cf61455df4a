//! As much memory as a number of the face says.

use moretta_lang::Program;

fn main() {
    fn room(bytes: usize) -> Vec<u8> {
        Vec::with_capacity(bytes)
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let room = room(yaw);
        out.property(room.len() as u32, 0, yaw);
    })
    .unwrap();
}
