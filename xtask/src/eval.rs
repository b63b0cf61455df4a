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

/// Where the flag may be named: in the program that it opens, in what builds, lints and checks that one, and in the list of
/// what `cfg` may ask for. Prose, which is not searched, may name it too.
const KNOWN: [&str; 7] = [
    "Cargo.toml",
    "crates/eval/src/main.rs",
    "crates/eval/src/marker.txt",
    "crates/eval/src/readout.rs",
    "crates/eval/tests/veiled.rs",
    "xtask/src/ci.rs",
    "xtask/src/eval.rs",
];

/// Builds the program, with tract instead of kernels if asked for, and runs it with `arguments`, in the folder that this command was called from.
///
/// # Errors
/// [`Error::Failed`] with the program's exit status.
pub(crate) fn run(arguments: &[OsString], tract: bool) -> Result<(), Error> {
    process::run(Command::new(build(tract)?).args(arguments))
}

/// Checks that an ordinary build holds no way out of the veil, and that the other one does: else the look at the
/// ordinary one would prove nothing. Returns where the other one is.
///
/// # Errors
/// [`Error::Malformed`] if a file has the mark that should not have it, or the other way round.
pub(crate) fn check() -> Result<PathBuf, Error> {
    let mark = read(&root().join("crates/eval/src/marker.txt"))?;
    let declassified = build(false)?;
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
    let ordinary = cargo_built(&[], false)?;
    if holds(&ordinary, &mark)? {
        return refuse(
            &ordinary,
            "an ordinary program",
            "the mark of one that declassifies",
        );
    }
    if let Some(path) = strangers(&sources(&root())?).next() {
        return refuse(Path::new(path), "no other file that names the flag", FLAG);
    }
    println!("eval: only {} declassifies", declassified.display());
    Ok(declassified)
}

/// Builds the program that declassifies and returns where it lies: `declassify` in Cargo's target folder.
///
/// # Errors
/// [`Error::Failed`] if it does not build.
pub(crate) fn build(tract: bool) -> Result<PathBuf, Error> {
    let built = cargo_built(&["--cfg", FLAG], tract)?;
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
fn cargo_built(flags: &[&str], tract: bool) -> Result<PathBuf, Error> {
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
    if tract {
        command.args(["--features", "moretta-infer/tract"]);
    }
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

/// Those of `sources` that name the flag and are not known to, however they spell the rest: `cfg` in any form, a build
/// script, a compiler's flag in a configuration.
fn strangers(sources: &[(String, String)]) -> impl Iterator<Item = &str> {
    let naming = sources.iter().filter(|(_, text)| text.contains(FLAG));
    naming
        .map(|(name, _)| name.as_str())
        .filter(|name| !KNOWN.contains(name))
}

/// Every text below `root` by its name there, with slashes, but prose and what Cargo built.
fn sources(root: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Read { path, source }
        };
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let path = entry.map_err(unreadable(&folder))?.path();
            if path.is_dir() {
                // Cargo's folders, which git ignores wherever they are.
                if !path.ends_with("target") && !path.ends_with(".git") {
                    folders.push(path);
                }
            } else if path.extension().is_none_or(|it| it != "md") {
                // What is no text is no source.
                if let Ok(text) = String::from_utf8(fs::read(&path).map_err(unreadable(&path))?) {
                    let name = path.strip_prefix(root).unwrap_or(&path).iter();
                    let name: Vec<_> = name.map(|part| part.to_string_lossy()).collect();
                    found.push((name.join("/"), text));
                }
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
    fn nothing_in_this_repository_names_the_flag_but_what_is_known_to() {
        let sources = sources(&root()).unwrap();
        let text = |name: &str| &sources.iter().find(|it| it.0 == name).expect(name).1;
        for name in KNOWN {
            assert!(text(name).contains(FLAG), "{name} is in the list for nothing");
        }
        for searched in [
            ".cargo/config.toml",
            "benches/benches/track.rs",
            "crates/veil/Cargo.toml",
            "crates/veil/src/lib.rs",
            "fuzz/Cargo.toml",
            "xtask/src/main.rs",
        ] {
            text(searched);
        }
        assert!(
            sources
                .iter()
                .all(|it| !it.0.starts_with("target/") && !it.0.ends_with(".md"))
        );
        assert_eq!(strangers(&sources).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn whoever_else_names_the_flag_is_found_however_it_is_spelt() {
        for spelling in [
            "#[cfg(moretta_declassify)]",
            "#[cfg(any(test, moretta_declassify))]",
            "#[cfg(not(moretta_declassify))]",
            "#[cfg( all(\n    unix,\n    r#moretta_declassify,\n))]",
            "if cfg!(moretta_declassify) {}",
            "#![cfg_attr(moretta_declassify, allow(dead_code))]",
            "open! { moretta_declassify }",
            "println!(\"cargo::rustc-cfg=moretta_declassify\");",
            "rustflags = [\"--cfg\", \"moretta_declassify\"]",
        ] {
            for file in [
                "benches/benches/track.rs",
                "crates/veil/build.rs",
                ".cargo/config.toml",
                "main.rs",
            ] {
                let planted = [(file.to_owned(), format!("// text\n{spelling}\n"))];
                assert_eq!(strangers(&planted).collect::<Vec<_>>(), [file], "{spelling}");
            }
            let known = [(KNOWN[1].to_owned(), spelling.to_owned())];
            assert_eq!(strangers(&known).count(), 0, "the twin");
        }
        let other = [("main.rs".to_owned(), "#[cfg(any(test, moretta))]".to_owned())];
        assert_eq!(strangers(&other).count(), 0, "the control");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(sources(&root().join("no such folder")).is_err());
    }
}
