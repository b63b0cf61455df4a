//! `cargo xtask fuzz`: the fuzz targets, which need nightly and cargo-fuzz.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::workspace::root;
use crate::{process, setup};

/// The target that has a feature of its own: fuzz/Cargo.toml says why.
const WITH_FEATURE: &str = "ffi";

/// Fuzzes `target`, or each target in turn, for `seconds` each.
///
/// # Errors
/// [`Error::Missing`] if a tool is not installed, [`Error::Malformed`] if there is no such target,
/// [`Error::Failed`] if a target finds something.
pub(crate) fn run(target: Option<&str>, seconds: u32) -> Result<(), Error> {
    let known = targets(&root().join("fuzz/fuzz_targets"))?;
    let chosen = choose(&known, target)?;
    setup::ensure(&[setup::CXX])?;
    require_rust_tools()?;
    for target in chosen {
        println!("== fuzz: {target} for {seconds} s");
        let limit = format!("-max_total_time={seconds}");
        let mut command = nightly();
        command.args(["cargo", "fuzz", "run", target]);
        if target == WITH_FEATURE {
            command.args(["--features", target]);
        }
        process::run(command.args(["--", &limit]))?;
    }
    Ok(())
}

/// `rustup run nightly` in the root: the toolchain file pins stable, and this overrules it.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).current_dir(root());
    command
}

/// The names of the targets: the files of `folder`, sorted.
fn targets(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The one target that was asked for, or all.
fn choose<'a>(known: &'a [String], wanted: Option<&str>) -> Result<&'a [String], Error> {
    let Some(wanted) = wanted else { return Ok(known) };
    match known.iter().position(|name| name == wanted) {
        Some(index) => Ok(&known[index..=index]),
        None => Err(Error::Malformed {
            what: "fuzz target".to_owned(),
            expected: "one of fuzz/fuzz_targets",
            found: format!("{wanted}; there are {}", known.join(", ")),
        }),
    }
}

/// Checks the tools that come from rustup and Cargo, which `setup` does not install unasked.
fn require_rust_tools() -> Result<(), Error> {
    let mut tools = Vec::new();
    let mut advice = Vec::new();
    if !process::succeeds(nightly().args(["rustc", "--version"])) {
        tools.push("nightly Rust");
        advice.push("rustup toolchain install nightly --profile minimal");
    }
    if !process::on_path("cargo-fuzz") {
        tools.push("cargo-fuzz");
        advice.push("cargo install cargo-fuzz --locked");
    }
    if tools.is_empty() {
        Ok(())
    } else {
        Err(Error::Missing {
            tools,
            advice: advice.join("\n"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["codec", "evaluate"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_known_target_is_chosen_alone_and_none_means_all() {
        assert_eq!(choose(&known(), Some("evaluate")).unwrap(), ["evaluate"]);
        assert_eq!(choose(&known(), None).unwrap(), known());
    }

    #[test]
    fn an_unknown_target_is_an_error_that_lists_the_known() {
        let error = choose(&known(), Some("codex")).unwrap_err().to_string();
        assert!(error.contains("codex; there are codec, evaluate"), "{error}");
    }

    #[test]
    fn targets_are_the_rust_files_of_a_folder() {
        let own = targets(&root().join("xtask/src")).unwrap();
        assert!(own.contains(&"fuzz".to_owned()), "{own:?}");
        assert!(own.is_sorted());
        assert!(targets(&root().join("no such folder")).is_err());
    }
}
