//! An effect that wants names which live for ever.

use moretta_lang::{Face, Out, Program};

fn main() {
    fn effect<'b: 'b>(face: Face<'b>, out: Out<'b>) {
        out.property(0, 0, face.yaw());
    }
    Program::record(effect::<'static>).unwrap();
}
