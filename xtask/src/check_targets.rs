//! `cargo xtask check-targets`: lints what is written for the systems that this machine is not.
//!
//! Checked, not linked and not run: that needs no linker and no system libraries, only each target's standard
//! library. Outside of `cargo xtask test`, which must not download some 150 MB of them unasked.

use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::process;
use crate::workspace::{cargo, root};

/// Each system that Moretta is written for, on each processor for which its code differs.
const TARGETS: [&str; 6] = [
    "aarch64-unknown-linux-gnu",
    "aarch64-linux-android",
    "aarch64-apple-ios",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-gnu",
    "aarch64-pc-windows-msvc",
];

/// The crates that ship.
const PACKAGES: [&str; 3] = ["moretta-veil", "moretta-lang", "moretta-space"];

/// Checks every target, whether or not one before it fails.
///
/// # Errors
/// [`Error::Missing`] with the command to type if a target's standard library is not installed, else the
/// [`Error::Failed`] of the first target that fails.
pub(crate) fn run() -> Result<(), Error> {
    check_all(&TARGETS, is_installed, |target| {
        process::run(&mut clippy(target, &PACKAGES))
    })
}

/// # Errors
/// [`Error::Missing`] with the command to type if the standard library of `target` is not installed.
pub(crate) fn require(target: &'static str) -> Result<(), Error> {
    check_all(&[target], is_installed, |_| Ok(()))
}

/// Prints a line a target; a target that is not `installed` is not checked and counts as an error.
pub(crate) fn check_all(
    targets: &[&'static str],
    installed: impl Fn(&str) -> bool,
    check: impl Fn(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut result = Ok(());
    for &target in targets {
        if !installed(target) {
            println!("{target:26} missing: {}", install(&[target]));
            missing.push(target);
            continue;
        }
        let checked = check(target);
        println!("{target:26} {}", if checked.is_ok() { "ok" } else { "FAILED" });
        result = result.and(checked);
    }
    if missing.is_empty() {
        return result;
    }
    Err(Error::Missing {
        advice: install(&missing),
        tools: missing,
    })
}

/// The command that installs the standard libraries of `targets` for the toolchain of this workspace.
fn install(targets: &[&str]) -> String {
    format!("rustup target add {}", targets.join(" "))
}

/// Whether the compiler of this workspace has the standard library of `target`.
pub(crate) fn is_installed(target: &str) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]);
    process::output(rustc.current_dir(root())).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Lints the libraries of `packages` for `target`, warnings denied.
pub(crate) fn clippy(target: &str, packages: &[&str]) -> Command {
    let mut command = cargo();
    command.args(["clippy", "--quiet", "--lib", "--target", target]);
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    command.args(["--", "-D", "warnings"]);
    if target.contains("android") {
        // The lint misreads what `thread_local!` expands to there, and asks for the `const` that is written.
        command.args(["-A", "clippy::missing_const_for_thread_local"]);
    }
    command
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn failed(code: i32) -> Error {
        Error::Failed {
            command: "cargo clippy".to_owned(),
            code: Some(code),
        }
    }

    #[test]
    fn all_targets_are_checked_though_one_fails_and_the_first_failure_is_the_result() {
        let seen = RefCell::new(Vec::new());
        let check = |target: &str| {
            seen.borrow_mut().push(target.to_owned());
            match target {
                "b" => Err(failed(7)),
                "c" => Err(failed(8)),
                _ => Ok(()),
            }
        };
        assert!(check_all(&["a", "d"], |_| true, check).is_ok());
        let error = check_all(&["a", "b", "c", "d"], |_| true, check).unwrap_err();
        assert_eq!(error.exit_code(), 7);
        assert_eq!(*seen.borrow(), ["a", "d", "a", "b", "c", "d"]);
    }

    #[test]
    fn a_missing_target_is_an_error_that_says_what_to_type() {
        let error = check_all(&["a", "b", "c"], |target| target == "b", |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "missing: a, c\nrustup target add a c");
    }

    #[test]
    fn only_a_target_with_a_standard_library_is_installed() {
        let host = process::output(Command::new("rustc").args(["--print", "host-tuple"])).unwrap();
        assert!(is_installed(host.trim()));
        assert!(!is_installed("sparc64-unknown-netbsd"));
        assert!(!is_installed("moretta-no-such-target"));
    }

    #[test]
    fn what_is_checked_is_there() {
        let manifest = |package: &str| {
            let folder = package.trim_start_matches("moretta-");
            root().join("crates").join(folder).join("Cargo.toml")
        };
        assert!(PACKAGES.iter().all(|package| manifest(package).is_file()));
        assert!(!manifest("moretta-no-such-package").is_file());
    }
}
