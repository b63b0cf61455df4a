//! A name of any register that its author likes, such as another effect's.

use moretta_lang::{Num, Program};

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let any = Num { register: 7, ..yaw };
        out.property(0, 0, any);
    })
    .unwrap();
}
