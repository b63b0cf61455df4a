//! Proofs 10 and 11: system calls, files, sockets.

use super::{Context, Failure, ensure, works};
use crate::scenes::SURVIVED;
use crate::subject::Subject;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that a pipeline without shame would write.
fn forbidden_file(context: &Context, name: &str) -> Result<(PathBuf, String), Failure> {
    std::fs::create_dir_all(&context.scratch)?;
    let path = context.scratch.join(name);
    let _ = std::fs::remove_file(&path); // from an earlier run
    let text = path
        .to_str()
        .ok_or("the scratch folder's name is not text")?
        .to_owned();
    Ok((path, text))
}

/// Proof 10. A steady frame makes no system call but `futex`, and neither does real inference, whether a face is followed,
/// lost, found or sought in vain.
///
/// Control: a pipeline that writes a file is killed.
pub(super) fn futex_only(context: &Context) -> Result<String, Failure> {
    let programs = &context.programs;
    survives_without_system_calls(&programs.victim())?;
    if !programs.inference {
        return Ok("600 frames; control killed".to_owned());
    }
    survives_without_system_calls(&programs.tracker())?;
    Ok("600 frames, and 27 with real inference; controls killed".to_owned())
}

fn survives_without_system_calls(program: &Path) -> Result<(), Failure> {
    let mut subject = Subject::start(program, "syscalls", &[])?;
    let status = subject.wait()?;
    let (_, errors) = subject.end();
    ensure(status.signal() != Some(libc::SIGSYS), || {
        "a frame made another system call".to_owned()
    })?;
    works(status.code() == Some(SURVIVED), || {
        format!("frames ended with {status}: {errors}")
    })?;
    let status = Subject::start(program, "syscalls", &["write"])?.wait()?;
    works(status.signal() == Some(libc::SIGSYS), || {
        format!("control: a written file ended with {status}")
    })
}

/// Proof 11. Cut off from files and network by Landlock a session works as before, and a whole session opens no file for
/// writing and no socket (strace).
///
/// Controls: without Landlock the same attempts succeed; a pipeline that writes a file is seen.
pub(super) fn no_file_no_socket(context: &Context) -> Result<String, Failure> {
    let (path, name) = forbidden_file(context, "leak")?;
    let mut subject = context.victim("landlock", &[&name])?;
    let tried = subject.expect("TRIED")?;
    subject.expect("READY")?;
    ensure(tried == "PermissionDenied PermissionDenied", || {
        format!("under Landlock: {tried}")
    })?;
    ensure(!path.exists(), || "a file was written under Landlock".to_owned())?;
    let mut open = context.open("open-landlock", &[&name])?;
    let tried = open.expect("TRIED")?;
    works(tried == "Done ConnectionRefused", || {
        format!("control, without Landlock: {tried}")
    })?;
    works(path.exists(), || {
        "control: no file was written without Landlock".to_owned()
    })?;
    std::fs::remove_file(&path)?;

    let quiet = traced(context, "frames", "", &["READY", "WIPED", "PAUSED", "DROPPED"])?;
    ensure(quiet.is_empty(), || format!("strace saw {quiet:?}"))?;
    let caught = traced(context, "write-file", &name, &["READY"])?;
    works(caught.iter().any(|call| call.contains(&name)), || {
        format!("control: strace did not see the file written, but {caught:?}")
    })?;
    Ok(format!(
        "denied under Landlock; strace sees nothing; control: {} calls",
        caught.len()
    ))
}

/// System calls of a whole run that open a file for writing, make one, or open a socket.
fn traced(context: &Context, scene: &str, argument: &str, words: &[&str]) -> Result<Vec<String>, Failure> {
    let log = context.scratch.join("strace");
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-qq",
        "-s",
        "512",
        "-e",
        "trace=%file,%network,%desc,memfd_create,execve",
        "-o",
    ]);
    command.arg(&log).arg(context.programs.victim());
    let mut subject = Subject::launch(command, scene, &[argument])
        .map_err(|e| format!("strace could not be started ({e}): run `cargo xtask setup`"))?;
    for word in words {
        subject.expect(word)?;
        subject.go()?;
    }
    let status = subject.wait()?;
    works(status.success(), || format!("the traced run ended with {status}"))?;
    suspicious(&log)
}

fn suspicious(log: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(log)?;
    works(text.contains("openat("), || {
        "strace saw no file opened at all: it did not work".to_owned()
    })?;
    let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
    let calls = [
        " socket(",
        " socketpair(",
        " connect(",
        " bind(",
        " sendto(",
        " sendmsg(",
        " creat(",
        " mkdir",
        " rename",
        " link",
        " symlink",
        " unlink",
        " truncate",
        " mknod",
        " memfd_create(",
        " pwrite",
        " io_uring_setup(",
    ];
    let bad = |line: &&str| {
        (line.contains("open") && writes.iter().any(|w| line.contains(w)))
            || calls.iter().any(|c| line.contains(c))
    };
    Ok(text.lines().filter(bad).map(str::to_owned).collect())
}
