//! `moretta-soak`: see `--help`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[global_allocator]
static HEAP: moretta::FaceHeap = moretta::FaceHeap;

fn main() -> ExitCode {
    moretta_desktop::soak()
}
