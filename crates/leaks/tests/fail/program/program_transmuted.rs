//! A program as bytes that can be changed, where unsafe code is forbidden.
#![forbid(unsafe_code)]

use moretta_lang::Program;

fn main() {
    let program = Program::record(|_, _| {}).unwrap();
    let raw: [u8; size_of::<Program>()] = unsafe { std::mem::transmute(program) };
    let _ = raw;
}
