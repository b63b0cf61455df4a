//! Draws in an order that the face decides.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let mut turns = [face.yaw(), face.pitch()];
        turns.sort_by(|a, b| a.partial_cmp(b).unwrap());
        out.property(0, 0, turns[0]);
    })
    .unwrap();
}
