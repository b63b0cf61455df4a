//! A program evaluated by an effect on the face that it was given.

use moretta_lang::Program;

fn main() {
    let program = Program::record(|_, _| {}).unwrap();
    Program::record(|face, _| {
        let mut registers = [];
        let evaluated = program.evaluate(face, &mut [], &mut registers);
        let _ = (face, evaluated.is_ok());
    })
    .unwrap();
}
