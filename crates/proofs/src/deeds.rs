//! What a whole program run does that could carry something out: files, sockets, shared memory, other programs.
//!
//! strace tells; [`observe`] runs a command under it, and [`unasked`] leaves what nobody asked for. An attempt counts
//! even if it fails.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Something that a program did, or tried to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Opened this file for writing, or made, moved, linked, shortened or removed something there.
    Wrote(PathBuf),
    /// Made or used a socket: the call.
    Socket(String),
    /// Made memory that others may map, or a ring that other calls hide in: the call.
    Shared(String),
    /// Became this program, or started it.
    Ran(PathBuf),
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Wrote(path) => write!(f, "wrote {}", path.display()),
            Deed::Socket(call) => write!(f, "used a socket: {call}"),
            Deed::Shared(call) => write!(f, "shared memory: {call}"),
            Deed::Ran(path) => write!(f, "ran {}", path.display()),
        }
    }
}

/// How a run ended, and what it did.
pub struct Run {
    /// Its own exit status.
    pub status: ExitStatus,
    /// In the order of the calls.
    pub deeds: Vec<Deed>,
}

/// What is traced: all calls that take a file's name, all of sockets, and those that make memory others can map.
const TRACE: &str = "trace=%file,%network,memfd_create,mq_open,shmget,io_uring_setup";

/// Flags with which a file is opened for more than reading.
const WRITES: [&str; 6] = [
    "O_WRONLY",
    "O_RDWR",
    "O_CREAT",
    "O_TRUNC",
    "O_APPEND",
    "O_TMPFILE",
];

/// Calls with a file's name that change nothing. Any other but the openers and `execve` counts as a change, so that a
/// new one is noticed.
const LOOKS: [&str; 22] = [
    "access",
    "chdir",
    "faccessat",
    "faccessat2",
    "fanotify_mark",
    "fstat",
    "fstatat64",
    "getcwd",
    "getxattr",
    "inotify_add_watch",
    "lgetxattr",
    "listxattr",
    "llistxattr",
    "lstat",
    "name_to_handle_at",
    "newfstatat",
    "readlink",
    "readlinkat",
    "stat",
    "statfs",
    "statx",
    "fchdir",
];

/// Runs `command` under strace to its end, with this terminal's input and output. The log goes to `log`, which strace
/// makes; it is left there.
///
/// # Errors
/// If strace cannot be started, the log cannot be read, or holds no file that was opened: then it saw nothing.
pub fn observe(command: &Command, log: &Path) -> io::Result<Run> {
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-qq",
        "-y",
        "-s",
        "4096",
        "-e",
        "signal=none",
        "-e",
        TRACE,
        "-o",
    ]);
    strace
        .arg(log)
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        strace.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    let status = strace.status()?;
    let text = std::fs::read_to_string(log)?;
    if !text.contains(" openat(") {
        return Err(io::Error::other(
            "strace saw no file opened at all: it did not work",
        ));
    }
    Ok(Run {
        status,
        deeds: deeds(&text),
    })
}

/// The deeds in a log of `strace -f -y`.
#[must_use]
pub fn deeds(log: &str) -> Vec<Deed> {
    log.lines().filter_map(deed).collect()
}

/// Those of `deeds` that nobody asked for: writes to none of `files` nor below one of them, and programs that are not
/// among `programs`.
pub fn unasked<'d>(deeds: &'d [Deed], files: &[PathBuf], programs: &[PathBuf]) -> Vec<&'d Deed> {
    let asked = |deed: &Deed| match deed {
        Deed::Wrote(path) => files.iter().any(|file| path.starts_with(file)),
        Deed::Ran(path) => programs.contains(path),
        Deed::Socket(_) | Deed::Shared(_) => false,
    };
    deeds.iter().filter(|deed| !asked(deed)).collect()
}

fn deed(line: &str) -> Option<Deed> {
    // A process id, the call, its arguments; `<... call resumed>` repeats a line that was there already.
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let (name, arguments) = call.split_once('(')?;
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    match name {
        "open" | "openat" | "openat2" => {
            // After the name, which may itself read like a flag.
            let flags = arguments.rsplit_once('"').map_or(arguments, |(_, flags)| flags);
            // Before the result, in which strace names the file again.
            let flags = flags.split(')').next().unwrap_or_default();
            WRITES
                .iter()
                .any(|flag| flags.contains(flag))
                .then(|| wrote(arguments))
        }
        "execve" | "execveat" => Some(Deed::Ran(path(arguments))),
        "memfd_create" | "mq_open" | "shmget" | "io_uring_setup" => Some(Deed::Shared(call.to_owned())),
        "accept" | "accept4" | "bind" | "connect" | "getpeername" | "getsockname" | "getsockopt"
        | "listen" | "recvfrom" | "recvmmsg" | "recvmsg" | "sendmmsg" | "sendmsg" | "sendto"
        | "setsockopt" | "shutdown" | "socket" | "socketpair" => Some(Deed::Socket(call.to_owned())),
        _ if LOOKS.contains(&name) => None,
        _ => Some(wrote(arguments)),
    }
}

fn wrote(arguments: &str) -> Deed {
    Deed::Wrote(path(arguments))
}

/// The first name in the arguments, from the folder that strace says it is relative to.
fn path(arguments: &str) -> PathBuf {
    let (before, rest) = arguments.split_once('"').unwrap_or((arguments, ""));
    let name = rest.split('"').next().unwrap_or_default();
    let folder = before.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    folder
        .map_or_else(PathBuf::new, |(folder, _)| PathBuf::from(folder))
        .join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"41 execve("/bin/app", ["app", "O_RDWR"], 0x7ffe /* 35 vars */) = 0
41 openat(AT_FDCWD</home>, "/lib/x.so", O_RDONLY|O_CLOEXEC) = 3</lib/x.so>
41 access("/etc/O_WRONLY", R_OK) = -1 ENOENT (No such file or directory)
41 openat(AT_FDCWD</home>, "O_RDWR", O_RDONLY) = 3</home/O_RDWR>
42 openat(AT_FDCWD</home>, "notes/a.txt", O_WRONLY|O_CREAT|O_TRUNC, 0666 <unfinished ...>
41 mkdir("/home/cache", 0777) = -1 EEXIST (File exists)
42 <... openat resumed>) = 4</home/notes/a.txt>
41 openat(5</var>, "b", O_RDWR) = -1 EACCES (Permission denied)
41 unlinkat(5</var>, "c", 0) = 0
41 socket(AF_UNIX, SOCK_STREAM, 0) = 6<socket:[1]>
41 memfd_create("m", 0) = 7
41 a_call_of_tomorrow("/home/d") = 0
43 +++ exited with 0 +++"#;

    #[test]
    fn what_changes_something_is_found_and_what_looks_is_not() {
        let wrote = |path: &str| Deed::Wrote(PathBuf::from(path));
        assert_eq!(
            deeds(LOG),
            [
                Deed::Ran(PathBuf::from("/bin/app")),
                wrote("/home/notes/a.txt"),
                wrote("/home/cache"),
                wrote("/var/b"),
                wrote("/var/c"),
                Deed::Socket("socket(AF_UNIX, SOCK_STREAM, 0) = 6<socket:[1]>".to_owned()),
                Deed::Shared("memfd_create(\"m\", 0) = 7".to_owned()),
                wrote("/home/d"),
            ]
        );
    }

    #[test]
    fn what_was_asked_for_is_left_out_and_nothing_else() {
        let deeds = deeds(LOG);
        let (files, programs) = (
            ["/home", "/var/b"].map(PathBuf::from),
            ["/bin/app"].map(PathBuf::from),
        );
        let left: Vec<_> = unasked(&deeds, &files, &programs)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(left.len(), 3, "{left:?}");
        assert_eq!(left[0], "wrote /var/c");
        assert_eq!(unasked(&deeds, &[], &[]).len(), deeds.len());
    }
}
