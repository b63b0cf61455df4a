//! `tests/c/calls.c` without a session: what a careless C program does, against the shared library.

#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use support::{compile, library, package, succeed};

#[test]
fn wrong_calls_without_a_session_are_answered() {
    let folder = library("without");
    let calls = compile(
        &folder,
        "calls",
        &[package().join("tests/c/calls.c")],
        &["-pthread"],
    );
    succeed(Command::new(calls).arg("without"));
}

#[test]
fn two_translation_units_have_the_header_each() {
    let units = ["unit_one.c", "unit_two.c"].map(|unit| package().join("tests/c").join(unit));
    succeed(&mut Command::new(compile(
        &library("units"),
        "units",
        &units,
        &[],
    )));
}
