//! The same with the number itself as the loop's source.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let people = face.faces();
        for turn in people {
            let _ = turn;
            out.property(0, 0, people);
        }
    })
    .unwrap();
}
