//! `--lockdown`: from the start on this process can write no file and open no socket, and it draws all the same.
//!
//! 1. [`shut_files`], before there is a second thread: Landlock binds the calling thread and those that it starts. No
//!    file may be written, made, moved or removed, no TCP port reached. What was opened before stays open: the files
//!    that the user named, the connection to the display. The devices of graphics cards and cameras are left, since
//!    drivers open them to read *and* write.
//! 2. [`shut_calls`], once a frame was drawn: seccomp, on all threads at once. Calls that open a file for writing, make
//!    a socket, start a program or touch another process fail.
//!
//! [`attempts`] tries what must fail then.

use std::io;
use std::path::Path;

use crate::Error;

/// Devices that drivers open to write: no file lies behind them.
#[cfg(target_os = "linux")]
const DEVICES: [&str; 8] = [
    "/dev/dri",
    "/dev/nvidia0",
    "/dev/nvidiactl",
    "/dev/nvidia-modeset",
    "/dev/nvidia-uvm",
    "/dev/dxg",
    "/dev/video0",
    "/dev/video1",
];

/// Denies this thread, and all that it starts, to write files and to reach ports. Says how far the kernel goes along.
///
/// # Errors
/// [`Error::Lockdown`] if the kernel cannot keep files from being written: Landlock's third version is needed for that
/// (Linux 6.2).
#[cfg(target_os = "linux")]
pub(crate) fn shut_files() -> Result<String, Error> {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetStatus, Scope, path_beneath_rules,
    };
    let restrict = || -> Result<_, landlock::RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_write(ABI::V3))?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_write(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V4))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .add_rules(path_beneath_rules(
                DEVICES,
                AccessFs::WriteFile | AccessFs::IoctlDev,
            ))?
            .restrict_self()
    };
    let status = restrict().map_err(|error| Error::Lockdown {
        what: "Landlock",
        reason: error.to_string(),
    })?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok("files, TCP, devices, abstract sockets".to_owned()),
        RulesetStatus::PartiallyEnforced => Ok("files; this kernel knows no more".to_owned()),
        RulesetStatus::NotEnforced => Err(Error::Lockdown {
            what: "Landlock",
            reason: "this kernel does not enforce it".to_owned(),
        }),
    }
}

/// Denies every thread of this process the calls with which something could be carried out. With a `window` memory may
/// still be shared with the display's server, which shows it.
///
/// # Errors
/// [`Error::Lockdown`] if the kernel refuses the filter.
#[cfg(target_os = "linux")]
pub(crate) fn shut_calls(window: bool) -> Result<(), Error> {
    let refused = |reason: String| Error::Lockdown {
        what: "seccomp",
        reason,
    };
    let filter = filter(window).map_err(|error| refused(error.to_string()))?;
    seccompiler::apply_filter_all_threads(&filter).map_err(|error| refused(error.to_string()))
}

#[cfg(target_os = "linux")]
fn filter(window: bool) -> Result<seccompiler::BpfProgram, seccompiler::BackendError> {
    use seccompiler::{SeccompAction, SeccompFilter};
    let denied = DENIED.iter().chain(if window { &[][..] } else { &SHARING });
    let mut rules: std::collections::BTreeMap<_, _> = denied.map(|&call| (call, Vec::new())).collect();
    for &(call, flags) in OPENING {
        rules.insert(call, writing(flags)?);
    }
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

/// Opens a file for more than reading, by the flags in argument `flags`. Each rule is one way to do that.
#[cfg(target_os = "linux")]
fn writing(flags: u8) -> Result<Vec<seccompiler::SeccompRule>, seccompiler::BackendError> {
    use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};
    let access = libc::O_ACCMODE;
    let ways = [
        (access, libc::O_WRONLY),
        (access, libc::O_RDWR),
        // Neither reading nor writing, but ioctls: Linux's own extension.
        (access, access),
        (libc::O_CREAT, libc::O_CREAT),
        (libc::O_TRUNC, libc::O_TRUNC),
    ];
    let rule = |(mask, value): (i32, i32)| {
        let operator = SeccompCmpOp::MaskedEq(mask as u64);
        let condition = SeccompCondition::new(flags, SeccompCmpArgLen::Dword, operator, value as u64)?;
        SeccompRule::new(vec![condition])
    };
    ways.into_iter().map(rule).collect()
}

/// Calls that open a file, and which argument has the flags.
#[cfg(target_os = "linux")]
const OPENING: &[(libc::c_long, u8)] = &[
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_open, 1),
    (libc::SYS_openat, 2),
];

/// Calls that fail, whatever their arguments.
#[cfg(target_os = "linux")]
const DENIED: &[libc::c_long] = &[
    // Opening, where a filter cannot see the flags.
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // Sockets and queues.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    // What is in folders.
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_unlinkat,
    libc::SYS_truncate,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_mount,
    libc::SYS_move_mount,
    // Other programs and processes.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    // Their older forms, which newer processors no longer have.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mknod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_renameat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
];

/// Calls that make memory which another process may map: a window needs them, to be shown.
#[cfg(target_os = "linux")]
const SHARING: [libc::c_long; 2] = [libc::SYS_memfd_create, libc::SYS_shmget];

#[cfg(not(target_os = "linux"))]
pub(crate) fn shut_files() -> Result<String, Error> {
    Err(elsewhere())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn shut_calls(_window: bool) -> Result<(), Error> {
    Err(elsewhere())
}

#[cfg(not(target_os = "linux"))]
fn elsewhere() -> Error {
    Error::Lockdown {
        what: "the lockdown",
        reason: "expected Linux, which alone has Landlock and seccomp".to_owned(),
    }
}

/// Something that a locked process must not be able to do, and what became of trying.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) what: &'static str,
    pub(crate) result: io::Result<()>,
}

impl Attempt {
    /// In words: `done`, or why not.
    pub(crate) fn words(&self) -> String {
        match &self.result {
            Ok(()) => format!("{}: done", self.what),
            Err(error) => format!("{}: denied ({error})", self.what),
        }
    }
}

/// Tries to write `file`, which is removed again if that works, to open sockets, and to start a program.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what must not be possible is tried"
)]
pub(crate) fn attempts(file: &Path) -> Vec<Attempt> {
    let attempt = |what, result| Attempt { what, result };
    let wrote = std::fs::File::create_new(file).and_then(|_| std::fs::remove_file(file));
    let udp = std::net::UdpSocket::bind(("127.0.0.1", 0)).map(drop);
    let mut attempts = vec![attempt("write a file", wrote), attempt("open a UDP socket", udp)];
    // To a port of this machine that nobody listens at: a refusal by the machine means that the socket was there.
    let tcp = match std::net::TcpStream::connect(("127.0.0.1", 9)) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        other => other.map(drop),
    };
    attempts.push(attempt("open a TCP connection", tcp));
    #[cfg(unix)]
    {
        let local = std::os::unix::net::UnixDatagram::unbound().map(drop);
        attempts.push(attempt("open a local socket", local));
        let program = std::process::Command::new("/bin/true").status().map(drop);
        attempts.push(attempt("start a program", program));
    }
    attempts
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_filter_can_be_made_for_this_processor_with_and_without_a_window() {
        let (window, headless) = (filter(true).unwrap(), filter(false).unwrap());
        assert!(window.len() < headless.len());
    }

    #[test]
    fn no_call_is_listed_twice() {
        let mut calls: Vec<_> = DENIED
            .iter()
            .chain(&SHARING)
            .chain(OPENING.iter().map(|(call, _)| call))
            .collect();
        let all = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), all);
    }
}
