//! The attempts in `tests/fail` do not compile, each for its own reason, and each beside a twin that does.
//!
//! `tests/fail/GROUP/NAME.rs` is an attempt, `NAME.stderr` holds the compiler's words, and the function `NAME` of
//! `tests/twins/GROUP.rs` is the twin. After a wanted change of words, run with `TRYBUILD=overwrite` and read the
//! difference.

mod attempt;

use attempt::{Attempt, Fault};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The groups of PRIVACY.md. A group that lost its folder or its twins is missed by name.
const GROUPS: [&str; 10] = [
    "buffer", "consent", "donor", "escape", "flow", "frame", "program", "session", "show", "value",
];

/// What PRIVACY.md promises at least.
const FEWEST: usize = 100;

#[test]
fn no_attempt_compiles() {
    trybuild::TestCases::new().compile_fail("tests/fail/*/*.rs");
}

#[test]
fn each_attempt_fails_for_its_own_reason_beside_its_twin() {
    let mut attempts = 0;
    let mut faults = Vec::new();
    let mut seen = BTreeMap::new();
    assert_eq!(folders("fail"), GROUPS);
    for group in GROUPS {
        let twins = read(&tests().join("twins").join(group).with_extension("rs"));
        let mut names = Vec::new();
        for path in files(&tests().join("fail").join(group), "rs") {
            let name = stem(&path);
            let attempt = Attempt {
                place: format!("{group}/{name}"),
                source: read(&path),
                words: fs::read_to_string(path.with_extension("stderr")).ok(),
                twin: attempt::twin(&twins, &name),
            };
            let found = attempt.faults();
            faults.extend(found.into_iter().map(|fault| (attempt.place.clone(), fault)));
            if let Some(earlier) = seen.insert(attempt.code(), attempt.place.clone()) {
                faults.push((attempt.place, Fault::Repeats(earlier)));
            }
            names.push(name);
            attempts += 1;
        }
        names.sort();
        let mut twins = attempt::twins(&twins);
        twins.sort();
        assert_eq!(names, twins, "the attempts and twins of {group}");
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(attempts >= FEWEST, "{attempts} attempts");
}

#[test]
fn words_without_an_attempt_are_found() {
    for group in GROUPS {
        for words in files(&tests().join("fail").join(group), "stderr") {
            assert!(words.with_extension("rs").exists(), "{}", words.display());
        }
    }
}

/// trybuild itself, on a case that compiles and on one that fails for another reason than the words beside it say.
///
/// It runs in a child, since it reports on the terminal.
#[test]
fn the_compilers_consent_and_other_words_are_noticed() {
    const CONTROL: &str = "MORETTA_LEAKS_CONTROL";
    if env::var_os(CONTROL).is_some() {
        trybuild::TestCases::new().compile_fail("tests/control/*.rs");
        return;
    }
    let child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "the_compilers_consent_and_other_words_are_noticed",
            "--nocapture",
        ])
        .env(CONTROL, "1")
        .env_remove("TRYBUILD")
        .output()
        .unwrap();
    assert!(!child.status.success());
    let said = [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = said.concat();
    for expected in [
        "Expected test case to fail to compile, but it succeeded",
        "mismatch",
        "2 of 2 tests failed",
    ] {
        assert!(said.contains(expected), "{expected:?} expected in\n{said}");
    }
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

fn folders(folder: &str) -> Vec<String> {
    entries(&tests().join(folder))
        .iter()
        .map(|path| stem(path))
        .collect()
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.expect("a name in plain letters").to_owned()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths = entries(folder);
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths
}
