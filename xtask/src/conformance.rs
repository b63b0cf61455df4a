//! `cargo xtask conformance`: the reference's expectations, held against what the tracker sees.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::workspace::{read, root};
use crate::{eval, process};

/// Judges the goldens of this repository, or with `--data DIR` those of the test material; by tract instead of kernels if
/// asked for.
///
/// # Errors
/// [`Error::Failed`] if one fails.
pub(crate) fn run(arguments: &[OsString], tract: bool) -> Result<(), Error> {
    process::run(
        Command::new(eval::build(tract)?)
            .arg("conformance")
            .args(arguments),
    )
}

/// What `cargo xtask test` runs: an ordinary build tells nothing, the goldens of this repository hold, and each one
/// that is made wrong is noticed.
///
/// # Errors
/// [`Error::Malformed`] or [`Error::Failed`] if one of these is not so.
pub(crate) fn check() -> Result<(), Error> {
    let program = eval::check()?;
    process::run(Command::new(&program).arg("conformance"))?;
    let seeded = seed(&program)?;
    let output = Command::new(&program)
        .args(["conformance", "--root"])
        .arg(&seeded)
        .output()
        .map_err(|source| Error::Start {
            command: "moretta-eval conformance".to_owned(),
            source,
        })?;
    let told = String::from_utf8_lossy(&output.stdout);
    let mut failed: Vec<_> = failures(&told).collect();
    failed.sort_unstable();
    let mut expected = SEEDED.map(|seed| seed.golden);
    expected.sort_unstable();
    if output.status.code() == Some(1) && failed == expected {
        println!(
            "conformance: {} goldens were made wrong, and these failed",
            expected.len()
        );
        return Ok(());
    }
    Err(Error::Malformed {
        what: "conformance with wrong goldens".to_owned(),
        expected: "a failure of each wrong one and of no other",
        found: told.into_owned(),
    })
}

/// A golden that is made wrong: the text in a file that becomes another one, once.
struct Seed {
    golden: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

/// One of each kind. The crop loses its file.
const SEEDED: [Seed; 6] = [
    Seed {
        golden: "crop_corner",
        file: "crates/frame/tests/data/corner.png",
        from: "",
        to: "",
    },
    Seed {
        golden: "crop_turned",
        file: "crates/frame/tests/data/crops.csv",
        from: "turned,40,40,zero,30.0,",
        to: "turned,40,40,zero,30.5,",
    },
    Seed {
        golden: "face_geometry_astronaut",
        file: "crates/geometry/tests/data/reference.json",
        from: "\"matrix_cm\": [[0.9980777,",
        to: "\"matrix_cm\": [[0.9987777,",
    },
    Seed {
        golden: "landmarks_astronaut",
        file: "crates/track/tests/data/astronaut.json",
        from: "\"landmarks\": [[1",
        to: "\"landmarks\": [[2",
    },
    Seed {
        golden: "blendshapes_astronaut",
        file: "crates/track/tests/data/astronaut.json",
        from: "\"blendshapes\": [4e-06,",
        to: "\"blendshapes\": [0.25,",
    },
    Seed {
        golden: "detector_full_range_astronaut",
        file: "crates/track/tests/data/astronaut.json",
        from: "\"full_range\": {\"min\": [",
        to: "\"full_range\": {\"min\": [1",
    },
];

/// Folders that hold goldens.
const GOLDENS: [&str; 3] = [
    "crates/frame/tests/data",
    "crates/geometry/tests/data",
    "crates/track/tests/data",
];

/// Copies the goldens beside `program` and makes those of [`SEEDED`] wrong. Returns where they are.
fn seed(program: &Path) -> Result<PathBuf, Error> {
    let seeded = program.with_file_name("seeded");
    for folder in GOLDENS {
        copy(&root().join(folder), &seeded.join(folder))?;
    }
    for seed in &SEEDED {
        let path = seeded.join(seed.file);
        let failed = |source| Error::Read {
            path: path.clone(),
            source,
        };
        if seed.from.is_empty() {
            fs::remove_file(&path).map_err(failed)?;
            continue;
        }
        let text = read(&path)?;
        if text.matches(seed.from).count() != 1 {
            return Err(Error::Malformed {
                what: seed.file.to_owned(),
                expected: "the text to make wrong, once",
                found: format!("{} times", text.matches(seed.from).count()),
            });
        }
        write(&path, &text.replace(seed.from, seed.to)).map_err(failed)?;
    }
    Ok(seeded)
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |source| Error::Read {
        path: from.to_owned(),
        source,
    };
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        fs::copy(&path, to.join(path.file_name().unwrap_or_default())).map_err(failed)?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "copies of goldens, in Cargo's target folder"
)]
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)
}

/// The goldens that failed, as the program tells them.
fn failures(told: &str) -> impl Iterator<Item = &str> {
    told.lines().filter_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["GOLDEN", name, .., "fail"] => Some(name),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_read_from_what_is_told() {
        let told = "GOLDEN a measured=1 tolerance=2 ok\nGOLDEN b measured=none tolerance=2 fail\nconformance: 1 passed, 1 failed\n";
        assert_eq!(failures(told).collect::<Vec<_>>(), ["b"]);
        assert_eq!(failures("").count(), 0);
    }

    #[test]
    fn each_seed_changes_its_file() {
        for seed in &SEEDED {
            assert!(root().join(seed.file).is_file(), "{}", seed.golden);
            assert!(seed.from.is_empty() || seed.from != seed.to);
            assert!(GOLDENS.iter().any(|folder| seed.file.starts_with(folder)));
        }
    }
}
