//! strace sees what a program does, and the reader of its log finds it.

#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use moretta_proofs::deeds::{Deed, Run, observe, unasked};
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deeds").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A shell's script in a folder of its own.
fn shell(folder: &Path, script: &str) -> Run {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).current_dir(folder);
    observe(&command, &folder.join("log")).unwrap()
}

/// All but the shell's own start.
fn rest(run: &Run) -> Vec<String> {
    let shell = ["/bin/sh", "/usr/bin/sh"].map(PathBuf::from);
    unasked(&run.deeds, &[], &shell)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_program_that_only_reads_does_nothing() {
    let folder = folder("reads");
    let run = shell(&folder, "read line < /proc/self/status; exit 7");
    assert_eq!(run.status.code(), Some(7));
    assert_eq!(rest(&run), [""; 0]);
}

#[test]
fn a_file_that_is_written_is_seen_even_if_it_cannot_be() {
    let folder = folder("writes");
    let run = shell(&folder, "echo a > b; echo c > no/such/folder");
    let wrote = |name: &str| format!("wrote {}", folder.join(name).display());
    assert_eq!(rest(&run), [wrote("b"), wrote("no/such/folder")]);
    assert_eq!(std::fs::read_to_string(folder.join("b")).unwrap(), "a\n");
    let asked = unasked(&run.deeds, std::slice::from_ref(&folder), &[]);
    assert!(asked.iter().all(|deed| matches!(deed, Deed::Ran(_))), "{asked:?}");
}

#[test]
fn what_a_child_does_is_seen_too() {
    let folder = folder("child");
    let run = shell(&folder, "mkdir a; strace -V >/dev/null");
    let deeds = rest(&run);
    assert!(deeds.iter().any(|deed| deed.ends_with("/mkdir")), "{deeds:?}");
    // mkdir(2) takes no folder that a name is relative to, so that strace does not tell one.
    assert!(deeds.contains(&"wrote a".to_owned()), "{deeds:?}");
}

#[test]
fn what_cannot_start_is_an_error() {
    let folder = folder("absent");
    assert!(observe(&Command::new("/no/such/program"), &folder.join("log")).is_err());
}
