//! A name as words of memory, where unsafe code is forbidden.
#![forbid(unsafe_code)]

use moretta_lang::Program;

fn main() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let words: [u64; 2] = unsafe { std::mem::transmute(yaw) };
        let _ = words;
    })
    .unwrap();
}
