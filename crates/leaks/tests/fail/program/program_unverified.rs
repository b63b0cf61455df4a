//! A program that no verifier saw.

use moretta_lang::Program;

fn main() {
    let program = Program::verified(Default::default()).unwrap();
    assert_eq!(program.register_count(), 0);
}
