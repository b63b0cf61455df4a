//! `.cargo/linker.sh`: it is `cc` where there is one, and says what to do where there is none.

#![forbid(unsafe_code)]
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the linker on a machine that has no programs but, perhaps, `cc`, which is then a link to `cc`.
fn link(name: &str, cc: Option<&str>, words: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linker").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    if let Some(program) = cc {
        symlink(program, folder.join("cc")).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cargo/linker.sh");
    Command::new(script)
        .args(words)
        .env("PATH", folder)
        .env("MORETTA_NO_INSTALL", "1")
        .output()
        .unwrap()
}

#[test]
fn every_word_reaches_cc_unchanged() {
    let output = link("words", Some("/bin/echo"), &["-o", "a  b", "*"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "-o a  b *\n");
    assert!(output.stderr.is_empty());
}

#[test]
fn the_exit_status_is_that_of_cc() {
    assert_eq!(link("true", Some("/bin/true"), &[]).status.code(), Some(0));
    assert_eq!(link("false", Some("/bin/false"), &[]).status.code(), Some(1));
}

#[test]
fn without_cc_and_forbidden_to_install_it_says_what_to_install() {
    let output = link("absent", None, &["-o", "a"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        words.contains("no C linker (cc) on PATH, and MORETTA_NO_INSTALL forbids installing"),
        "{words}"
    );
    assert!(
        words.contains("apt-get install --no-install-recommends gcc libc6-dev"),
        "{words}"
    );
}
