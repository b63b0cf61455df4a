//! PRIVACY.md's list of the source files in which `unsafe` is allowed, against the source.
//!
//! The workspace denies `unsafe`, and a crate that takes its lints has to allow it where it stands. So the files that name
//! the lint otherwise than to forbid or deny it are those that can hold `unsafe`, modules below them included.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::workspace::read;

/// The head of the table, cell by cell.
const HEAD: &str = "| `unsafe` may stand in | for |";

/// The lint, in two pieces, so that this file does not name it.
const LINT: &str = concat!("unsafe", "_code");

/// Everything that is wrong with the crates in `folders`, which lie in `root`, in words.
///
/// # Errors
/// [`Error::Malformed`] if PRIVACY.md has no such list; [`Error::Read`].
pub(crate) fn violations<'f>(
    root: &Path,
    folders: impl Iterator<Item = &'f str>,
) -> Result<Vec<String>, Error> {
    let listed = parse(&read(&root.join("PRIVACY.md"))?)?;
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for folder in folders {
        if !takes_lints(&read(&root.join(folder).join("Cargo.toml"))?) {
            wrong.push(format!(
                "{folder}: the workspace's lints are not taken, which deny unsafe"
            ));
        }
        files(root, &format!("{folder}/src"), &mut found)?;
    }
    wrong.extend(compare(&listed, &found));
    Ok(wrong)
}

fn compare(listed: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<String> {
    let more = found.difference(listed);
    let more = more.map(|file| format!("{file}: unsafe is allowed there, and PRIVACY.md does not list it"));
    let less = listed.difference(found);
    let less = less.map(|file| format!("{file}: PRIVACY.md lists it, and unsafe is not allowed there"));
    more.chain(less).collect()
}

/// The files of the list.
fn parse(markdown: &str) -> Result<BTreeSet<String>, Error> {
    let malformed = |found: &str| Error::Malformed {
        what: "PRIVACY.md".to_owned(),
        expected: "one table with the head `unsafe may stand in | for`, a file in backticks a row",
        found: found.to_owned(),
    };
    let mut parts = markdown.split(HEAD);
    let (Some(_), Some(table), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(malformed("none, or several"));
    };
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let files = rows.map(|row| {
        let file = row.strip_prefix("| `").and_then(|rest| rest.split_once("` |"));
        file.map(|(file, _)| file.to_owned())
            .ok_or_else(|| malformed(row))
    });
    let files = files.collect::<Result<BTreeSet<_>, _>>()?;
    if files.is_empty() {
        return Err(malformed("no row"));
    }
    Ok(files)
}

fn takes_lints(manifest: &str) -> bool {
    manifest.lines().skip_while(|line| *line != "[lints]").nth(1) == Some("workspace = true")
}

/// Adds those below `folder` that allow `unsafe`.
fn files(root: &Path, folder: &str, found: &mut BTreeSet<String>) -> Result<(), Error> {
    let path = root.join(folder);
    if !path.exists() {
        return Ok(());
    }
    let unread = |source| Error::Read {
        path: path.clone(),
        source,
    };
    for entry in fs::read_dir(&path).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let name = format!("{folder}/{}", entry.file_name().display());
        if entry.path().is_dir() {
            files(root, &name, found)?;
        } else if name.ends_with(".rs") && allows(&read(&entry.path())?) {
            found.insert(name);
        }
    }
    Ok(())
}

/// Whether a source names the lint otherwise than to forbid or deny it.
fn allows(source: &str) -> bool {
    let harmless = |at: usize| source[..at].ends_with("forbid(") || source[..at].ends_with("deny(");
    source.match_indices(LINT).any(|(at, _)| !harmless(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_allows_it_unless_it_only_forbids_or_denies_it() {
        for (source, expected) in [
            ("fn main() {}", false),
            ("#![forbid(LINT)]\nfn main() {}", false),
            ("#![deny(LINT)]", false),
            ("#[allow(LINT, reason = \"x\")]", true),
            ("#![forbid(LINT)]\n#![allow(\n    LINT,\n)]", true),
            ("#[expect(dead_code, LINT)]", true),
            ("#![cfg_attr(test, allow(LINT))]", true),
        ] {
            assert_eq!(allows(&source.replace("LINT", LINT)), expected, "{source}");
        }
    }

    #[test]
    fn list_and_source_must_be_the_same() {
        let text =
            format!("words\n\n{HEAD}\n|---|---|\n| `a/src/b.rs` | c |\n| `d/src/e.rs` | f |\n\nwords\n");
        let listed = parse(&text).unwrap();
        let set = |files: &[&str]| files.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(listed, set(&["a/src/b.rs", "d/src/e.rs"]));
        assert_eq!(compare(&listed, &listed), [""; 0]);
        assert_eq!(
            compare(&listed, &set(&["a/src/b.rs", "new.rs"])),
            [
                "new.rs: unsafe is allowed there, and PRIVACY.md does not list it",
                "d/src/e.rs: PRIVACY.md lists it, and unsafe is not allowed there",
            ]
        );
        for wrong in [
            "words",
            &format!("{text}{text}"),
            &format!("{HEAD}\n|---|---|\n\n"),
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_crate_without_the_lints_is_seen() {
        assert!(takes_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!takes_lints("[package]\n\n[dependencies]\nworkspace = true\n"));
    }
}
