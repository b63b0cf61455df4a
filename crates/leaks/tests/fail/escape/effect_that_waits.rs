//! An effect that can wait until there is a face.

use moretta_lang::{Face, Out, Program};

fn main() {
    async fn wait<'b>(face: Face<'b>, out: Out<'b>) {
        out.property(0, 0, face.yaw());
    }
    Program::record(|face, out| wait(face, out)).unwrap();
}
