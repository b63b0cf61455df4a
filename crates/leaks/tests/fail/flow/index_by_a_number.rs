//! A table read where the face says: the cache tells.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let sizes = [1.5, 2.5];
        let slot = face.slot();
        out.property(0, 0, sizes[slot]);
    })
    .unwrap();
}
