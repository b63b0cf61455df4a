//! A number of the face as an error's cause.

use moretta_lang::Program;
use std::error::Error;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let fault: Box<dyn Error + '_> = Box::new(yaw);
        out.property(fault.to_string().len() as u32, 0, yaw);
    })
    .unwrap();
}
