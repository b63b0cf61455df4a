//! `tests/c/calls.c` with sessions: what a careless C program does, with real networks and a real device.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{compile, library, package, root, succeed};

fn calls(name: &str) -> PathBuf {
    let folder = library(name);
    compile(
        &folder,
        "calls",
        &[package().join("tests/c/calls.c")],
        &["-pthread"],
    )
}

#[test]
fn wrong_calls_with_a_session_are_answered() {
    let program = calls("session");
    let portrait = root().join("crates/track/tests/data/astronaut.png");
    let pixels = program.with_file_name("pixels.rgba");
    let picture = image::open(&portrait).unwrap().to_rgba8();
    assert_eq!(picture.width(), picture.height());
    #[allow(clippy::disallowed_methods, reason = "pixels for a program to read")]
    std::fs::write(&pixels, picture.as_raw()).unwrap();
    succeed(
        Command::new(program)
            .arg("session")
            .arg(root().join("effects/glasses"))
            .args([portrait, pixels]),
    );
}

#[test]
fn a_call_that_is_answered_otherwise_is_seen() {
    // No effect lies there, so many a call fails that should not.
    let output = Command::new(calls("wrong"))
        .arg("session")
        .arg(Path::new("/nowhere"))
        .output();
    assert_eq!(output.map(|it| it.status.code()).ok(), Some(Some(1)));
}
