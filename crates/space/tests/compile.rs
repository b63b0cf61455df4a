//! What must not compile, each beside a twin that must.
//!
//! `tests/compile_fail/NAME.rs` misuses the crate in one way, `NAME.stderr` holds the compiler's words, and
//! `tests/compile_pass/NAME.rs` says the same thing rightly and runs. After a wanted change of words, run
//! with `TRYBUILD=overwrite` and read the difference.

use std::collections::BTreeSet;
use std::path::Path;

/// The names, without extension, of the files in `tests/<folder>` that end with `.extension`.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let paths = folder
        .read_dir()
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[test]
fn misuse_does_not_compile_and_its_twin_does() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
    cases.pass("tests/compile_pass/*.rs");
}

#[test]
fn each_misuse_has_its_words_and_a_twin() {
    let misuses = names("compile_fail", "rs");
    assert!(misuses.len() >= 40, "found {} cases", misuses.len());
    // trybuild lets a case pass that has no words to compare with.
    assert_eq!(misuses, names("compile_fail", "stderr"));
    assert_eq!(misuses, names("compile_pass", "rs"));
}
