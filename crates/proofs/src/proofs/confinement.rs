//! Proofs 10 and 11: system calls, files, sockets.

use super::{Context, Failure, ensure, works};
use crate::face::Face;
use crate::scenes::SURVIVED;
use crate::subject::{Parts, Subject};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that a pipeline without shame would write.
pub(super) fn forbidden_file(context: &Context, name: &str) -> Result<(PathBuf, String), Failure> {
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
/// lost, found or sought in vain. Drawing in software adds the few calls that `rendering::DRAWING` lists.
///
/// Controls: a pipeline that writes a file is killed, and so is an app.
pub(super) fn few_calls(context: &Context) -> Result<String, Failure> {
    let programs = &context.programs;
    let mut seen = "600 frames".to_owned();
    survives_without_system_calls(context, &programs.victim())?;
    if programs.parts >= Parts::Inference {
        survives_without_system_calls(context, &programs.tracker())?;
        seen += ", 27 with real inference";
    }
    if programs.parts >= Parts::Rendering {
        survives_without_system_calls(context, &programs.session())?;
        seen += ", and 72 that are drawn";
    }
    Ok(format!("{seen}; controls killed"))
}

fn survives_without_system_calls(context: &Context, program: &Path) -> Result<(), Failure> {
    let (path, name) = forbidden_file(context, "written")?;
    let start = |arguments: &[&str]| Subject::launch(quiet(program), "syscalls", arguments);
    let mut subject = start(&[])?;
    let status = subject.wait()?;
    let (_, errors) = subject.end();
    ensure(status.signal() != Some(libc::SIGSYS), || {
        "a frame made another system call".to_owned()
    })?;
    works(status.code() == Some(SURVIVED), || {
        format!("frames ended with {status}: {errors}")
    })?;
    let status = start(&[&name])?.wait()?;
    works(status.signal() == Some(libc::SIGSYS) && !path.exists(), || {
        format!("control: a written file ended with {status}")
    })
}

/// A program whose driver, if it has one, writes no file and opens no socket of its own.
fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.envs(crate::rendering::DRIVER);
    command
}

/// Proof 11. Cut off from files and network by Landlock a session works as before, and a whole session opens no file for
/// writing and no socket (strace). So does one with real inference that draws.
///
/// Controls: without Landlock the same attempts succeed; a pipeline and an app that write a file are seen.
pub(super) fn no_file_no_socket(context: &Context) -> Result<String, Failure> {
    let (path, name) = forbidden_file(context, "leak")?;
    works_under_landlock(&context.programs.victim(), &path, &name)?;
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
    let mut seen = format!(
        "denied under Landlock; strace sees nothing; control: {} calls",
        caught.len()
    );
    if context.programs.parts >= Parts::Rendering {
        let (path, name) = forbidden_file(context, "leak")?;
        works_under_landlock(&context.programs.session(), &path, &name)?;
        seen += &whole_session(context)?;
    }
    Ok(seen)
}

/// A session that starts when files and network are out of reach works.
fn works_under_landlock(program: &Path, path: &Path, name: &str) -> Result<(), Failure> {
    let mut subject = Subject::launch(quiet(program), "landlock", &[name])?;
    let tried = subject.expect("TRIED")?;
    subject.expect("READY")?;
    ensure(tried == "PermissionDenied PermissionDenied", || {
        format!("under Landlock: {tried}")
    })?;
    ensure(!path.exists(), || "a file was written under Landlock".to_owned())
}

/// Everything that a session with real inference and drawing does, from consent to the end.
///
/// Controls: a file that the app writes is seen; without the settings that [`quiet`] makes, what the driver does is.
fn whole_session(context: &Context) -> Result<String, Failure> {
    use crate::deeds::{Deed, observe, unasked};
    let program = context.programs.session();
    let (path, name) = forbidden_file(context, "drawn")?;
    let log = context.scratch.join("strace");
    let seed = Face::fresh().seed().to_string();
    let deeds = |mut command: Command, file: &str| -> Result<Vec<Deed>, Failure> {
        command.args(["whole", &seed, file]);
        let run = observe(&command, &log)
            .map_err(|e| format!("strace could not be started ({e}): run `cargo xtask setup`"))?;
        works(run.status.success(), || {
            format!("the traced session ended with {}", run.status)
        })?;
        let program = std::slice::from_ref(&program);
        Ok(unasked(&run.deeds, &[], program).into_iter().cloned().collect())
    };
    let own = deeds(quiet(&program), "")?;
    ensure(own.is_empty(), || {
        format!("strace saw a session that {}", list(&own))
    })?;
    let caught = deeds(quiet(&program), &name)?;
    works(caught == [Deed::Wrote(path)], || {
        format!("control: expected one file written, found {}", list(&caught))
    })?;
    // The driver's cache goes where this says, so that the control leaves nothing elsewhere.
    let mut talkative = Command::new(&program);
    talkative.env("XDG_CACHE_HOME", &context.scratch);
    for (name, _) in crate::rendering::DRIVER {
        talkative.env_remove(name);
    }
    let drivers = deeds(talkative, "")?;
    Ok(format!(
        "; a drawn session does nothing; control: a file; a driver that was told nothing does {} things",
        drivers.len()
    ))
}

fn list(deeds: &[crate::deeds::Deed]) -> String {
    let deeds: Vec<_> = deeds.iter().map(ToString::to_string).collect();
    deeds.join("; ")
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
