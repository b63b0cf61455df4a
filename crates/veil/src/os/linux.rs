//! Linux, proven by the project's proofs; and Android, written from its documentation, compile-checked, not tested.
//!
//! Android differs in three things. Its seccomp filter kills a process for a system call that it does not list, so
//! `memfd_secret` is never tried. Its kernels may lock as little as 64 KiB a process (8 MiB since Linux 5.16), so that
//! the strict policy may refuse to start. And bionic keeps the thread's record and its thread-locals in a mapping of
//! its own since Android 10: what the veil puts on the stack lies in the vault, a library's thread-local does only as
//! far as it comes from `FaceHeap`.

use super::Offer;
#[cfg(target_os = "linux")]
use super::unix::map;
pub(crate) use super::unix::{Thread, commit, is_child, lock, page_size, release, reserve, start, unguard};
use super::unix::{block_signals, check, wait_for};
use crate::Backing;
use std::io;
use std::ptr::NonNull;

/// Whether the project's proofs run on this platform.
pub(crate) const PROVEN: bool = cfg!(target_os = "linux");

/// `MADV_WIPEONFORK`, Linux 4.14.
const WIPE_ON_FORK: libc::c_int = 18;

#[cfg(target_os = "android")]
pub(crate) fn reserve_secret(_len: usize) -> Offer<NonNull<u8>> {
    None
}

/// The guard pages as well: a mapping put into an ordinary reservation would, if the kernel refused it half way,
/// leave a hole there for any other thread's memory.
#[cfg(target_os = "linux")]
pub(crate) fn reserve_secret(len: usize) -> Offer<NonNull<u8>> {
    Some(map_secret(len))
}

#[cfg(target_os = "linux")]
fn map_secret(len: usize) -> io::Result<NonNull<u8>> {
    let size = libc::off_t::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    // SAFETY: makes a file descriptor, or fails.
    let fd = unsafe { libc::syscall(libc::SYS_memfd_secret, libc::O_CLOEXEC) };
    let fd = libc::c_int::try_from(fd).unwrap_or(-1);
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fd` is ours.
    let sized = check(unsafe { libc::ftruncate(fd, size) });
    let mapped = sized.and_then(|()| map(len, libc::MAP_SHARED, fd));
    // SAFETY: `fd` is ours and not used after; the mapping keeps the memory.
    unsafe { libc::close(fd) };
    mapped
}

pub(crate) fn exclude_from_dump(at: NonNull<u8>, len: usize) -> Offer {
    Some(advise(at, len, libc::MADV_DONTDUMP))
}

pub(crate) fn exclude_from_fork(at: NonNull<u8>, len: usize, backing: Backing) -> Offer {
    Some(match backing {
        Backing::Anonymous => wipe_or_leave_behind(at, len, WIPE_ON_FORK),
        // Shared mappings cannot be wiped on fork; they can stay behind.
        Backing::Secret => advise(at, len, libc::MADV_DONTFORK),
    })
}

/// Gives `wipe`, and where the kernel does not know it (Android 8 to 10 on Linux 4.4 or 4.9) leaves the range behind.
fn wipe_or_leave_behind(at: NonNull<u8>, len: usize, wipe: libc::c_int) -> io::Result<()> {
    match advise(at, len, wipe) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => advise(at, len, libc::MADV_DONTFORK),
        other => other,
    }
}

/// One of the advices that change no content in this process.
fn advise(at: NonNull<u8>, len: usize, advice: libc::c_int) -> io::Result<()> {
    // SAFETY: the range is a mapping of ours, and its content stays.
    check(unsafe { libc::madvise(at.as_ptr().cast(), len, advice) })
}

pub(crate) fn begin_thread() {
    block_signals();
    // SAFETY: names this thread; the text ends with a zero and fits 16 bytes.
    unsafe { libc::prctl(libc::PR_SET_NAME, c"moretta-face".as_ptr()) };
}

/// Waits until `thread` has ended and the kernel has made its last store to the thread's stack.
///
/// glibc's `pthread_join` waits on a word that lies on the thread's own stack with a *shared* futex. That pins
/// the page, which secret memory forbids, and glibc aborts (seen on Linux 6.18). `pthread_tryjoin_np` only
/// reads the word.
pub(crate) fn join(thread: Thread, backing: Backing) {
    #[cfg(target_os = "linux")]
    if backing == Backing::Secret {
        // SAFETY: the thread is joined once: `EBUSY` means that it was not.
        while unsafe { libc::pthread_tryjoin_np(thread.0, std::ptr::null_mut()) } == libc::EBUSY {
            std::thread::yield_now();
        }
        return;
    }
    let _ = backing;
    wait_for(thread);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's flags of the mapping that starts at `at`, from `/proc/self/smaps`.
    fn flags(at: NonNull<u8>) -> Vec<String> {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let start = format!("{:x}-", at.addr());
        let mapping = maps.lines().skip_while(|line| !line.starts_with(&start));
        let flags = mapping
            .into_iter()
            .find_map(|line| line.strip_prefix("VmFlags: "))
            .unwrap();
        flags.split_whitespace().map(str::to_owned).collect()
    }

    fn fork_flags(wipe: libc::c_int) -> (bool, bool) {
        let len = 2 * page_size();
        let at = reserve(len).unwrap();
        wipe_or_leave_behind(at, len, wipe).unwrap();
        let flags = flags(at);
        // SAFETY: reserved above, and used by nothing.
        unsafe { release(at, len) };
        (flags.contains(&"wf".to_owned()), flags.contains(&"dc".to_owned()))
    }

    #[test]
    fn face_memory_is_wiped_in_a_child() {
        assert_eq!(fork_flags(WIPE_ON_FORK), (true, false));
    }

    #[test]
    fn a_kernel_that_cannot_wipe_it_leaves_it_behind() {
        let unknown = 0x7FFF;
        assert_eq!(fork_flags(unknown), (false, true));
    }
}
