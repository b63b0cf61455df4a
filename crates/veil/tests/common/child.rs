//! A test's body in a process of its own: limits, filters, faults and `wipe_all` stay there.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

/// Names the test whose body the process is to run.
const BODY: &str = "MORETTA_VEIL_TEST_BODY";
/// No test takes a tenth of that; one that hangs is killed by then.
const WATCHDOG_S: u32 = 120;

/// Runs `body` in a new process, started from this test program, and wants it to end well.
///
/// `test` is the calling test's full name: the new process runs that test alone.
pub(crate) fn succeeds(test: &str, body: impl FnOnce()) {
    let (status, text) = run(test, body);
    assert!(status.success(), "{test}: {status}\n{text}");
}

/// As [`succeeds`], but wants the process to die of `signal`.
pub(crate) fn dies_of(signal: i32, test: &str, body: impl FnOnce()) {
    let (status, text) = run(test, body);
    assert_eq!(status.signal(), Some(signal), "{test}: {status}\n{text}");
}

fn run(test: &str, body: impl FnOnce()) -> (ExitStatus, String) {
    if std::env::var(BODY).is_ok_and(|wanted| wanted == test) {
        // SAFETY: only sets a timer; the signal's default action ends the process.
        unsafe { libc::alarm(WATCHDOG_S) };
        limit(libc::RLIMIT_CORE, 0);
        body();
        std::process::exit(0);
    }
    let program = std::env::current_exe().expect("the test program's path");
    let ended = Command::new(program)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(BODY, test)
        .output()
        .expect("a child process");
    let text = String::from_utf8_lossy(&ended.stdout) + String::from_utf8_lossy(&ended.stderr);
    assert!(!text.contains("running 0 tests"), "no test is named {test}");
    (ended.status, text.into_owned())
}

fn limit(resource: libc::__rlimit_resource_t, bytes: u64) {
    let limits = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: reads the struct only.
    let status = unsafe { libc::setrlimit(resource, &raw const limits) };
    assert_eq!(status, 0, "{}", std::io::Error::last_os_error());
}

/// Lets this process lock at most `bytes`, for good. Root may lock without limit, so it stops being root.
pub(crate) fn limit_locks(bytes: u64) {
    const NOBODY: libc::uid_t = 65534;
    limit(libc::RLIMIT_MEMLOCK, bytes);
    // SAFETY: reads only.
    if unsafe { libc::geteuid() } == 0 {
        // SAFETY: changes this process's user, which nothing here relies on.
        let status = unsafe { libc::setuid(NOBODY) };
        assert_eq!(status, 0, "{}", std::io::Error::last_os_error());
    }
}

/// Runs `body` in a forked child, which has this thread only, and returns its exit code.
///
/// `body` must not panic, print, or wait for another thread.
pub(crate) fn forked(body: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child runs `body` and ends without unwinding or running handlers.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "{}", std::io::Error::last_os_error());
    if pid == 0 {
        // SAFETY: only sets a timer.
        unsafe { libc::alarm(WATCHDOG_S) };
        let code = body();
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: waits for that child and writes its status.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
    ExitStatus::from_raw(status)
        .code()
        .unwrap_or_else(|| panic!("the child died of signal {}", libc::WTERMSIG(status)))
}
