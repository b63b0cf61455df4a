//! Where the workspace is, and its files.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::process;

/// The root of this workspace.
///
/// `cargo run` says where this package lies; run by hand, the folder it was built from counts.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .parent()
        .map_or_else(|| package.clone(), Path::to_path_buf)
}

/// Where Cargo puts what it builds.
///
/// # Errors
/// [`Error::Failed`] if Cargo does not say, [`Error::Malformed`] if its answer is strange.
pub(crate) fn target_directory() -> Result<PathBuf, Error> {
    let answer = process::output(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let malformed = |found: &str| Error::Malformed {
        what: "cargo metadata".to_owned(),
        expected: "a field `target_directory`",
        found: found.to_owned(),
    };
    let answer: serde_json::Value =
        serde_json::from_str(&answer).map_err(|error| malformed(&error.to_string()))?;
    let folder = answer.get("target_directory").and_then(serde_json::Value::as_str);
    folder.map(PathBuf::from).ok_or_else(|| malformed("none"))
}

/// The Cargo that runs this program, in the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(cargo_path());
    command.current_dir(root());
    command
}

/// The Cargo that runs this program, else the one on PATH.
pub(crate) fn cargo_path() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))
}

/// Reads the text file `path`.
///
/// # Errors
/// [`Error::Read`] if it is absent or not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// An empty folder for one test of this program, in the folder that Cargo builds in.
#[cfg(test)]
pub(crate) fn scratch(name: &str) -> PathBuf {
    let program = env::current_exe().expect("the test program's path");
    let folder = program.with_file_name(format!("xtask-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder beside the test program");
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_it_builds() {
        let this = env::current_exe().unwrap();
        assert!(
            this.starts_with(target_directory().unwrap()),
            "{}",
            this.display()
        );
    }

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        assert!(read(&root().join("Cargo.toml")).unwrap().contains("[workspace]"));
        assert!(read(&root().join("no such file")).is_err());
    }
}
