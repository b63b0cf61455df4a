//! `tests/c/calls.c` with sessions: what a careless C program does, with real networks and a real device.

#![cfg(target_os = "linux")]

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
    succeed(
        Command::new(calls("session"))
            .arg("session")
            .arg(root().join("effects/glasses"))
            .arg(root().join("crates/track/tests/data/astronaut.png")),
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
