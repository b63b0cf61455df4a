//! A face in a text that is written elsewhere.

use moretta_lang::Program;
use std::fmt::Write;

fn main() {
    Program::record(|face, out| {
        let mut text = String::new();
        write!(text, "{face:?}").unwrap();
        out.property(text.len() as u32, 0, face.yaw());
    })
    .unwrap();
}
