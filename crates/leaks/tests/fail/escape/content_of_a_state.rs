//! What a state held, kept by the step that sees it.

use moretta_lang::Program;

fn main() {
    let mut kept = None;
    Program::record(|face, _| {
        let _ = face.state(0.0, |before| {
            kept = Some(before);
            before + 1.0
        });
    })
    .unwrap();
    let _ = kept;
}
