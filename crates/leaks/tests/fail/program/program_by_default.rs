//! A program that nobody recorded.

use moretta_lang::Program;

fn main() {
    let program = Program::default();
    assert_eq!(program.register_count(), 0);
}
