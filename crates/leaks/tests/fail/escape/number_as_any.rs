//! A name behind a type that forgets what it is.

use moretta_lang::Program;
use std::any::Any;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept: &dyn Any = &yaw;
        assert!(!kept.is::<bool>());
        out.property(0, 0, yaw);
    })
    .unwrap();
}
