//! What a name is made of, by pattern.

use moretta_lang::{Num, Program};

fn main() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let Num { register, .. } = yaw;
        let _ = register;
    })
    .unwrap();
}
