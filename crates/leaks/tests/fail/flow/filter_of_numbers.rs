//! As many draws as numbers of the face are over a threshold.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let mut turns = vec![face.yaw(), face.pitch()];
        turns.retain(|turn| turn.gt(0.5));
        out.property(turns.len() as u32, 0, 1.0);
    })
    .unwrap();
}
