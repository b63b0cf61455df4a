//! `cargo xtask test-arm`: tests on 64-bit ARM, in an emulator, on an x86-64 Linux.
//!
//! QEMU's user mode runs the ARM code, NEON and the face thread's stack included, but puts its own answers in
//! place of the kernel's: it drops advice on memory, invents `/proc/self/smaps`, and cannot start an ARM program
//! from an ARM program. Tests of the veil that ask the kernel are left out; they run where the kernel is. The C library is left
//! out with the graphics that it draws with.

use std::process::Command;

use crate::error::Error;
use crate::steps::{self, Step};
use crate::workspace::cargo;
use crate::{check_targets, process, setup};

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// Sets up, then tests the crates that ship.
///
/// # Errors
/// [`Error::Missing`] if the emulator, the linker or the target's standard library is missing and cannot be
/// installed; [`Error::Failed`] if a test fails.
pub(crate) fn run() -> Result<(), Error> {
    steps::run(
        "test-arm",
        vec![
            Step::new("setup", || {
                setup::ensure(&[setup::ARM_CC, setup::QEMU])?;
                check_targets::require(TARGET)
            }),
            Step::new("lang, space", || {
                process::run(test().args(["--package", "moretta-lang", "--package", "moretta-space"]))
            }),
            Step::new("frame, geometry", || {
                process::run(test().args(["--package", "moretta-frame", "--package", "moretta-geometry"]))
            }),
            // In kernels for NEON, against plain loops and what TensorFlow Lite computed. Those that ask tract are left out: for
            // this processor it takes long to build.
            Step::new("kernels", || {
                process::run(test().args([
                    "--package",
                    "moretta-kernels",
                    "--lib",
                    "--test",
                    "allocations",
                    "--test",
                    "scratch",
                    "--test",
                    "tflite",
                ]))
            }),
            // The real networks, against what the reference computed.
            Step::new("networks", || {
                process::run(test().args(["--package", "moretta-track", "--test", "reference"]))
            }),
            // But for what needs a graphics device, which there is none of for the emulated processor.
            Step::new("ffi", || {
                process::run(test().args([
                    "--package",
                    "moretta-ffi",
                    "--lib",
                    "--",
                    "--skip",
                    "a_panic_with_a_session",
                    "--skip",
                    "networks_come_with_the_library",
                ]))
            }),
            Step::new("veil", || {
                process::run(test().args([
                    "--package",
                    "moretta-veil",
                    "--lib",
                    "--test",
                    "process",
                    "--test",
                    "misuse",
                    "--test",
                    "no_heap",
                    "--",
                    "--skip",
                    "os::linux",
                ]))
            }),
        ],
    )
}

/// `cargo test` for the target: linked by the cross compiler, run by the emulator with that compiler's libraries.
fn test() -> Command {
    let mut command = cargo();
    command
        .args(["test", "--target", TARGET])
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
            "aarch64-linux-gnu-gcc",
        )
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
            "qemu-aarch64 -L /usr/aarch64-linux-gnu",
        )
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
            "--cfg moretta_emulated",
        );
    command
}
