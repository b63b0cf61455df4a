//! `cargo xtask check-mobile`: whether what ships for phones compiles for them, on a machine that is none of theirs.
//!
//! Compiled and linted, not linked: that takes the NDK, or Xcode. The assembler that tract brings is compiled by clang.

use std::process::Command;

use crate::check_targets::{self, is_installed};
use crate::error::Error;
use crate::{process, setup};

/// A system of phones: its target, what ships for it, and what clang and its archiver are told by.
struct System {
    target: &'static str,
    packages: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
}

const SYSTEMS: [System; 2] = [
    System {
        target: "aarch64-linux-android",
        packages: &["moretta-ffi", "moretta-jni"],
        variables: &[
            ("CC_aarch64_linux_android", "clang"),
            ("CFLAGS_aarch64_linux_android", "--target=aarch64-linux-android24"),
            ("AR_aarch64_linux_android", "ar"),
        ],
    },
    System {
        target: "aarch64-apple-ios",
        packages: &["moretta-ffi"],
        variables: &[
            ("CC_aarch64_apple_ios", "clang"),
            ("AR_aarch64_apple_ios", "ar"),
            // No header of Apple's is included; cc asks Xcode for its folder otherwise.
            ("SDKROOT", "/usr"),
        ],
    },
];

/// Lints what ships for phones, for each of their systems, whether or not one before it fails.
///
/// # Errors
/// [`Error::Missing`] with the command to type if a target's standard library is not installed and cannot be, else the
/// [`Error::Failed`] of the first system that fails.
pub(crate) fn run() -> Result<(), Error> {
    setup::ensure(&[setup::CLANG])?;
    let targets = SYSTEMS.map(|system| system.target);
    let missing: Vec<_> = targets
        .into_iter()
        .filter(|target| !is_installed(target))
        .collect();
    if !missing.is_empty() && !setup::is_forbidden() {
        println!("+ rustup target add {}", missing.join(" "));
        // What it says goes to the terminal; whether it worked is looked at below.
        let _ = process::run(Command::new("rustup").args(["target", "add"]).args(missing));
    }
    let find = |target: &str| SYSTEMS.iter().find(|system| system.target == target);
    check_targets::check_all(&targets, is_installed, |target| match find(target) {
        Some(system) => process::run(
            check_targets::clippy(target, system.packages).envs(system.variables.iter().copied()),
        ),
        None => Ok(()),
    })
}
