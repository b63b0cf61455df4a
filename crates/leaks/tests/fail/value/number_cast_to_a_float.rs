//! A number of the face as an ordinary float, by cast.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw as f32;
        out.property(0, 0, exit);
    })
    .unwrap();
}
