//! A number of the face in the words of a panic.

use moretta_lang::Program;
use std::panic::catch_unwind;

fn main() {
    let effect = catch_unwind(|| {
        Program::record(|face, out| {
            out.property(0, 0, face.yaw());
            panic!("{}", face.yaw());
        })
    });
    assert!(effect.is_err());
}
