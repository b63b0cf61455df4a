//! The place of a number of the face among others.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let turns = [face.yaw(), face.pitch()];
        let place = turns.iter().position(|turn| *turn == face.yaw());
        out.property(place.unwrap() as u32, 0, turns[0]);
    })
    .unwrap();
}
