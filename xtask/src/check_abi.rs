//! `cargo xtask check-abi`: whether programs that were built with an earlier `moretta.h` still fit: libabigail's `abidiff` on the
//! interface as a compiler sees it, against the one in `ffi/abi`.
//!
//! The library itself is compiled from Rust, so a library of empty functions is compiled from the header instead; that the
//! header is the library's is what the tests of `moretta-ffi` look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::workspace::{read, root, target_directory};
use crate::{process, setup};

const BASELINE: &str = "ffi/abi/moretta.abi";

/// How the interface is, compared with the one that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    None,
    /// Something was added, and all that was there is as it was.
    Grown,
    /// Programs of before may not fit.
    Broken,
}

/// Compares the header with the baseline, after the comparison was shown headers that have drifted; or makes it the new baseline.
///
/// # Errors
/// [`Error::Malformed`] if the interface is another one, or a drift is not seen; [`Error::Missing`], [`Error::Failed`].
pub(crate) fn run(accept: bool) -> Result<(), Error> {
    setup::ensure(&setup::ABI)?;
    let header = read(&root().join("ffi/include/moretta.h"))?;
    let bench = target_directory()?.join("test-ffi").join("abi");
    let baseline = root().join(BASELINE);
    if accept {
        let library = library(&bench, "now", &header)?;
        describe(&library, &baseline)?;
        println!("{BASELINE} is the interface as it is now");
        return Ok(());
    }
    let now = library(&bench, "now", &header)?;
    match compare(&baseline, &now)? {
        Change::None => println!("abidiff: the interface is that of {BASELINE}"),
        found => {
            // What it says goes to the terminal.
            let _ = process::run(Command::new("abidiff").arg(&baseline).arg(&now));
            return Err(Error::Malformed {
                what: "moretta.h".to_owned(),
                expected: "the interface of ffi/abi, or a new minor number in MORETTA_ABI and `cargo xtask check-abi --accept`",
                found: format!("one that is {found:?}"),
            });
        }
    }
    let own = bench.join("now.abi");
    describe(&now, &own)?;
    for (name, from, to, expected) in DRIFTS {
        if !header.contains(from) {
            return Err(Error::Malformed {
                what: format!("the drift `{name}`"),
                expected: "something in moretta.h to change",
                found: format!("no {from:?}"),
            });
        }
        let found = compare(&own, &library(&bench, "drifted", &header.replace(from, to))?)?;
        if found != expected {
            return Err(Error::Malformed {
                what: format!("abidiff, shown the drift `{name}`"),
                expected: "to see it",
                found: format!("{found:?}, not {expected:?}"),
            });
        }
        println!("abidiff sees {name}");
    }
    Ok(())
}

/// What is done to the header, and what must be seen.
const DRIFTS: [(&str, &str, &str, Change); 5] = [
    (
        "a wider field",
        "uint32_t plane_count;",
        "uint64_t plane_count;",
        Change::Broken,
    ),
    (
        "a field that is gone",
        "    uint32_t presented;",
        "    ",
        Change::Broken,
    ),
    (
        "another parameter",
        "moretta_poll(moretta_session *session, uint32_t timeout_ms,",
        "moretta_poll(moretta_session *session, uint64_t timeout_ms,",
        Change::Broken,
    ),
    (
        "a call that is gone",
        "MORETTA_API moretta_status moretta_tap(moretta_session *session);",
        "",
        Change::Broken,
    ),
    (
        "a call that is new",
        "MORETTA_API moretta_status moretta_wipe_all(void);",
        "MORETTA_API moretta_status moretta_wipe_all(void);\nMORETTA_API moretta_status moretta_more(void);",
        Change::Grown,
    ),
];

/// A library of empty functions with this header.
fn library(bench: &Path, name: &str, header: &str) -> Result<PathBuf, Error> {
    let folder = bench.join(name);
    let unwritten = |source| Error::Write {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(&folder).map_err(unwritten)?;
    #[allow(clippy::disallowed_methods, reason = "a tool's own files")]
    for (file, text) in [("moretta.h", header), ("empty.c", &bodies(header)?)] {
        fs::write(folder.join(file), text).map_err(unwritten)?;
    }
    let library = folder.join("libmoretta.so");
    process::run(
        // By names from here, so that no path of this machine is noted.
        Command::new("gcc")
            .current_dir(&folder)
            .args([
                "-std=c99",
                "-g",
                "-shared",
                "-fPIC",
                "-Wl,-soname,libmoretta.so.0",
            ])
            .args(["empty.c", "-o", "libmoretta.so"]),
    )?;
    Ok(library)
}

/// C that gives each declared function a body.
fn bodies(header: &str) -> Result<String, Error> {
    let mut code = String::from("#include \"moretta.h\"\n");
    let mut count = 0;
    for part in header.split("\nMORETTA_API ").skip(1) {
        let (declaration, _) = part.split_once(';').ok_or_else(|| Error::Malformed {
            what: "moretta.h".to_owned(),
            expected: "declarations that end",
            found: part.to_owned(),
        })?;
        code.push_str(declaration);
        code.push_str("\n{\n    return 0;\n}\n");
        count += 1;
    }
    if count < 25 {
        return Err(Error::Malformed {
            what: "moretta.h".to_owned(),
            expected: "25 functions or more",
            found: count.to_string(),
        });
    }
    Ok(code)
}

/// Writes the library's interface in libabigail's form, without paths of this machine.
fn describe(library: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(|source| Error::Write {
        path: to.to_owned(),
        source,
    })?;
    process::run(
        Command::new("abidw")
            .args([
                "--no-corpus-path",
                "--no-comp-dir-path",
                "--no-show-locs",
                "--out-file",
            ])
            .arg(to)
            .arg(library),
    )
}

fn compare(one: &Path, other: &Path) -> Result<Change, Error> {
    if !one.is_file() {
        return Err(Error::Missing {
            tools: vec![BASELINE],
            advice: "cargo xtask check-abi --accept".to_owned(),
        });
    }
    let same = |more: &[&str]| process::succeeds(Command::new("abidiff").args(more).arg(one).arg(other));
    Ok(match (same(&[]), same(&["--no-added-syms"])) {
        (true, _) => Change::None,
        (false, true) => Change::Grown,
        (false, false) => Change::Broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_function_gets_a_body() {
        let header = read(&root().join("ffi/include/moretta.h")).unwrap();
        let code = bodies(&header).unwrap();
        assert!(code.contains("moretta_status moretta_tap(moretta_session *session)\n{\n    return 0;\n}\n"));
        assert!(bodies("nothing").is_err());
    }

    #[test]
    fn every_drift_changes_the_header() {
        let header = read(&root().join("ffi/include/moretta.h")).unwrap();
        for (name, from, to, _) in DRIFTS {
            assert_ne!(header.replace(from, to), header, "{name}");
        }
    }
}
