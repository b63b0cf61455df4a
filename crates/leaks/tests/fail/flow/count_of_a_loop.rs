//! As many turns of a loop as there are people.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let people = face.faces();
        for turn in 0..people {
            let _ = turn;
            out.property(0, 0, people);
        }
    })
    .unwrap();
}
