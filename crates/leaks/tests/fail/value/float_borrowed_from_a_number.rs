//! The float that a name might hold, by `Borrow`.

use moretta_lang::{Num, Program};
use std::borrow::Borrow;

fn main() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let exit = <Num<'_> as Borrow<f32>>::borrow(&yaw);
        let _ = exit;
    })
    .unwrap();
}
