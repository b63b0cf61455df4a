//! A program's operations, to change them after the verifier saw them.

use moretta_lang::Program;

fn main() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let operations = program.parts;
    drop(operations);
}
