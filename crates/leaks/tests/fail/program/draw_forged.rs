//! A draw of one's own making.

use moretta_lang::{Draw, Program};

fn main() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let draw = program.draws().next().unwrap();
    let forged = Draw { ..draw };
    assert_eq!(forged.slots(), [0, 0]);
}
