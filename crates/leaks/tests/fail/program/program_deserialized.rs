//! A program out of bytes that no verifier saw.

use moretta_lang::Program;

fn main() {
    let bytes = Program::record(|_, _| {}).unwrap().encode();
    let program: Program = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(program.register_count(), 0);
}
