//! The memory behind a name, read through a pointer.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let pointer = std::ptr::from_ref(&yaw).cast::<f32>();
        let exit = *pointer;
        out.property(0, 0, exit);
    })
    .unwrap();
}
