//! A stack as deep as a number of the face says.

use moretta_lang::Program;

fn main() {
    fn descend(levels: u32) -> u32 {
        if levels == 0 { 0 } else { 1 + descend(levels - 1) }
    }
    Program::record(|face, out| {
        let people = face.faces();
        let depth = descend(people);
        out.property(depth, 0, people);
    })
    .unwrap();
}
