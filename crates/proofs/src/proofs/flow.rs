//! Proof 13: the evaluator's control flow.

use super::{Context, Failure, ensure, works};
use std::process::Command;

/// What valgrind ends with when it has something to report.
const REPORTED: i32 = 99;

/// Proof 13. No branch and no address of the evaluator depends on a face: valgrind, told that every number of the face is
/// undefined, reports nothing.
///
/// Controls: one branch, and one address, on a landmark.
pub(super) fn constant(context: &Context) -> Result<String, Failure> {
    let (code, report) = watched(context, "evaluate")?;
    ensure(code != Some(REPORTED), || format!("valgrind reports:\n{report}"))?;
    works(code == Some(0), || {
        format!("valgrind ended with {code:?}:\n{report}")
    })?;
    for (control, words) in [
        ("branch", "Conditional jump"),
        ("address", "Use of uninitialised value"),
    ] {
        let (code, report) = watched(context, control)?;
        works(code == Some(REPORTED) && report.contains(words), || {
            format!("control {control}: valgrind ended with {code:?}:\n{report}")
        })?;
    }
    Ok("no report; controls: a branch and an address reported".to_owned())
}

fn watched(context: &Context, what: &str) -> Result<(Option<i32>, String), Failure> {
    let mut command = Command::new("valgrind");
    command.args([
        "--quiet",
        "--leak-check=no",
        &format!("--error-exitcode={REPORTED}"),
    ]);
    let output = command
        .arg(context.programs.flow())
        .arg(what)
        .output()
        .map_err(|e| format!("valgrind could not be started ({e}): run `cargo xtask setup`"))?;
    Ok((
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}
