//! The memory behind a name, read through a union.

use moretta_lang::{Num, Program};

fn main() {
    union Pun<'b> {
        number: Num<'b>,
        bytes: [u8; 16],
    }
    Program::record(|face, _| {
        let pun = Pun { number: face.yaw() };
        let exit = pun.bytes;
        let _ = (&pun, &exit);
    })
    .unwrap();
}
