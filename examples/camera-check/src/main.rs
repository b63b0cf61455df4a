//! Looks through one camera in every way that there is, with the tracker behind it, and says on a line each what came.
//!
//! `cargo xtask test-camera` runs this in a virtual machine whose camera is the kernel's `vivid`, and judges the lines.
//! By hand: `cargo run -p moretta-example-camera-check -- /dev/video0`. What a camera does not offer is said and left
//! out.

#![allow(
    unsafe_code,
    reason = "a pipeline joins the trusted base: this one tells how many faces there are"
)]
#![allow(clippy::print_stdout, reason = "a command-line tool talks to the terminal")]

#[cfg(target_os = "linux")]
mod check;

#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: moretta_veil::FaceHeap = moretta_veil::FaceHeap;

#[cfg(target_os = "linux")]
fn main() -> Result<(), check::Failure> {
    check::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("camera-check: Linux only");
}
