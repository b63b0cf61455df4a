//! `cargo xtask ci`: what CI runs, and nothing that a developer cannot run too.

use std::process::Command;

use crate::error::Error;
use crate::steps::{self, Step};
use crate::workspace::{cargo, cargo_path, root};
use crate::{process, readme};

/// Checks format, lints and documentation, then runs the README's test command.
///
/// # Errors
/// That of the first step that fails.
pub(crate) fn run() -> Result<(), Error> {
    steps::run(
        "ci",
        vec![
            Step::new("format", || {
                process::run(cargo().args(["fmt", "--all", "--check"]))
            }),
            Step::new("lints", || {
                process::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
            }),
            Step::new("lints of what is declassified", || {
                let eval = ["clippy", "--package", "moretta-eval", "--bins", "--no-deps"];
                let flags = ["--", "-D", "warnings", "--cfg", "moretta_declassify"];
                process::run(cargo().args(eval).args(flags))
            }),
            Step::new("docs", || {
                process::run(
                    cargo()
                        .args(["doc", "--workspace", "--no-deps"])
                        .env("RUSTDOCFLAGS", "-D warnings"),
                )
            }),
            Step::new(readme::TEST, || process::run(&mut shell_words(readme::TEST))),
        ],
    )
}

/// A command of the README as a process in the root. Its words hold no quotes, so spaces part them.
fn shell_words(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    let mut command = if program == "cargo" {
        Command::new(cargo_path())
    } else {
        Command::new(program)
    };
    command.args(words).current_dir(root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_command_becomes_a_process() {
        let command = shell_words("cargo xtask test");
        assert_eq!(command.get_program(), cargo_path());
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["xtask", "test"]);
        assert_eq!(shell_words("ls").get_program(), "ls");
    }

    #[test]
    fn ci_runs_this_command_and_nothing_else() {
        let script = crate::workspace::read(&root().join(".ci/run")).unwrap();
        let cargo_lines: Vec<_> = script.lines().filter(|line| line.contains("cargo")).collect();
        assert_eq!(cargo_lines, ["exec cargo xtask ci"]);
    }
}
