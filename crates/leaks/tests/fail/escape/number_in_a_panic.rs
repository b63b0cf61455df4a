//! A name as the payload of a panic that somebody catches.

use moretta_lang::Program;
use std::any::Any;
use std::panic::{catch_unwind, resume_unwind};

fn main() {
    let effect = catch_unwind(|| {
        Program::record(|face, out| {
            let yaw = face.yaw();
            out.property(0, 0, yaw);
            let payload: Box<dyn Any + Send> = Box::new(yaw);
            resume_unwind(payload);
        })
    });
    assert!(effect.is_err());
}
