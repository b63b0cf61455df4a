//! `cargo xtask eval`: what the tracker sees, measured, by a program that is built to tell.
//!
//! Nothing else in this repository reads faces out of the veil. So it is this command that builds that program, with a
//! flag that reaches its one binary and no library, and that moves it out of Cargo's folders, where it could be mistaken
//! for an ordinary one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::Error;
use crate::process;
use crate::workspace::{cargo, read, root};

const PACKAGE: &str = "moretta-eval";
const FLAG: &str = "moretta_declassify";

/// Builds the program and runs it with `arguments`, in the folder that this command was called from.
///
/// # Errors
/// [`Error::Failed`] with the program's exit status.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Error> {
    process::run(Command::new(build()?).args(arguments))
}

/// Checks that an ordinary build holds no way out of the veil, and that the other one does: else the look at the
/// ordinary one would prove nothing. Returns where the other one is.
///
/// # Errors
/// [`Error::Malformed`] if a file has the mark that should not have it, or the other way round.
pub(crate) fn check() -> Result<PathBuf, Error> {
    let mark = read(&root().join("crates/eval/src/marker.txt"))?;
    let declassified = build()?;
    let refuse = |path: &Path, expected, found: &str| {
        Err(Error::Malformed {
            what: path.display().to_string(),
            expected,
            found: found.to_owned(),
        })
    };
    if !holds(&declassified, &mark)? {
        return refuse(&declassified, "the mark of a program that declassifies", "none");
    }
    let ordinary = cargo_built(&[])?;
    if holds(&ordinary, &mark)? {
        return refuse(
            &ordinary,
            "an ordinary program",
            "the mark of one that declassifies",
        );
    }
    for path in sources(&root())? {
        if read(&path)?.contains(&format!("cfg({FLAG}")) {
            return refuse(&path, "no other code that the flag switches on", FLAG);
        }
    }
    println!("eval: only {} declassifies", declassified.display());
    Ok(declassified)
}

/// Builds the program that declassifies and returns where it lies: `declassify` in Cargo's target folder.
///
/// # Errors
/// [`Error::Failed`] if it does not build.
pub(crate) fn build() -> Result<PathBuf, Error> {
    let built = cargo_built(&["--cfg", FLAG])?;
    let folder = target(&built)?.join("declassify");
    let unwritable = |source| Error::Read {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(unwritable)?;
    let program = folder.join(built.file_name().unwrap_or_default());
    // Moved: what stays in Cargo's folder under the program's name is never one that declassifies.
    fs::rename(&built, &program).map_err(unwritable)?;
    Ok(program)
}

/// Cargo's target folder, in which `built` lies two levels down.
fn target(built: &Path) -> Result<&Path, Error> {
    built.ancestors().nth(2).ok_or_else(|| Error::Malformed {
        what: "cargo rustc".to_owned(),
        expected: "a program in its target folder",
        found: built.display().to_string(),
    })
}

/// Builds the program with `flags` for its own crate alone, and returns where Cargo put it.
fn cargo_built(flags: &[&str]) -> Result<PathBuf, Error> {
    let mut command = cargo();
    command.args([
        "rustc",
        "--release",
        "--locked",
        "--package",
        PACKAGE,
        "--bin",
        PACKAGE,
    ]);
    command
        .args(["--message-format", "json-render-diagnostics", "--"])
        .args(flags);
    executable(&process::output(&mut command)?)
}

/// The program that Cargo's messages, a line each, tell of.
fn executable(messages: &str) -> Result<PathBuf, Error> {
    let mut told = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == PACKAGE;
        message["executable"]
            .as_str()
            .filter(|_| is_ours)
            .map(PathBuf::from)
    });
    told.next_back().ok_or_else(|| Error::Malformed {
        what: "cargo rustc".to_owned(),
        expected: "a message about the program",
        found: "none".to_owned(),
    })
}

/// Whether the bytes of the file at `path` hold `mark`.
fn holds(path: &Path, mark: &str) -> Result<bool, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(bytes.windows(mark.len()).any(|it| it == mark.as_bytes()))
}

/// Every Rust file of the crates in `root` that ship, and of the examples; not of the one that measures.
fn sources(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("examples")];
    let own = root.join("crates/eval");
    while let Some(folder) = folders.pop() {
        let unreadable = |source| Error::Read {
            path: folder.clone(),
            source,
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path == own {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"moretta-veil"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"moretta-eval"},"executable":"/t/release/moretta-eval"}
{"reason":"build-finished","success":true}
"#;
        let program = executable(messages).unwrap();
        assert_eq!(program, Path::new("/t/release/moretta-eval"));
        assert_eq!(target(&program).unwrap(), Path::new("/t"));
        assert!(executable("not JSON\n{}\n").is_err());
    }

    #[test]
    fn a_mark_is_found_in_a_file_that_has_it() {
        let path = root().join("crates/eval/src/marker.txt");
        let mark = read(&path).unwrap();
        assert!(mark.len() > 16, "long enough to occur nowhere by chance");
        assert!(holds(&path, &mark).unwrap());
        assert!(!holds(&root().join("Cargo.lock"), &mark).unwrap());
    }

    #[test]
    fn all_crates_are_looked_through_but_the_one_that_measures() {
        let files = sources(&root()).unwrap();
        assert!(files.contains(&root().join("crates/veil/src/lib.rs")));
        assert!(!files.iter().any(|it| it.starts_with(root().join("crates/eval"))));
        assert!(sources(&root().join("no such folder")).is_err());
    }
}
