//! An ordinary build of the program tells nothing. That one built with the flag does is `cargo xtask test`'s to show.

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_moretta-eval");

#[test]
fn an_ordinary_program_says_that_it_tells_nothing() {
    for arguments in [
        &[][..],
        &["conformance"],
        &["--images", ".", "--out", "/dev/null"],
    ] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("built without --cfg moretta_declassify"), "{said}");
    }
}

#[test]
fn an_ordinary_program_has_no_way_out() {
    let mark = include_bytes!("../src/marker.txt");
    let holds = |bytes: &[u8]| bytes.windows(mark.len()).any(|it| it == mark);
    assert!(!holds(&std::fs::read(PROGRAM).unwrap()));
    assert!(
        holds(&std::fs::read(source("readout.rs")).unwrap()),
        "the control"
    );
}

/// Features unify, and libraries can be linked: there is neither.
#[test]
fn there_is_no_library_and_no_feature() {
    assert!(source("main.rs").is_file(), "the control");
    assert!(!source("lib.rs").exists());
    let manifest = std::fs::read_to_string(source("../Cargo.toml")).unwrap();
    assert!(manifest.contains("[[bin]]"), "the control");
    for section in ["[lib]", "[features]"] {
        assert!(!manifest.lines().any(|line| line.trim() == section), "{section}");
    }
}

fn source(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name)
}
