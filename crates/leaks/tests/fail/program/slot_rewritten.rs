//! Another asset in a draw that the verifier has seen.

use moretta_lang::{DrawKind, Program};

fn main() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let draw = program.draws().next().unwrap();
    draw.slots()[0] = 9;
    assert_eq!(draw.kind(), DrawKind::Property);
}
