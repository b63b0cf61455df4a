//! The sum of numbers of the face as an ordinary float.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let turns = [face.yaw(), face.pitch()];
        let sum: f32 = turns.into_iter().fold(0.0, |sum, turn| sum + turn);
        out.property(0, 0, turns[0] + sum);
    })
    .unwrap();
}
