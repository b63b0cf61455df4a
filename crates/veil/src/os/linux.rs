//! Linux (proven by the project's proofs) and Android (from its documentation, compile-checked only).

use super::Offer;
pub(crate) use super::unix::{Thread, commit, forks, lock, page_size, release, reserve, start};
use super::unix::{block_signals, check};
use crate::Backing;
use std::io;
use std::ptr::{NonNull, null_mut};

/// Whether the project's proofs run on this platform.
pub(crate) const PROVEN: bool = cfg!(target_os = "linux");

/// `MADV_WIPEONFORK`, Linux 4.14.
const WIPE_ON_FORK: libc::c_int = 18;

#[cfg(target_os = "linux")]
pub(crate) fn commit_secret(at: NonNull<u8>, len: usize) -> Offer {
    Some(map_secret(at, len))
}

/// Android's seccomp filter kills a process for a system call that it does not know: never tried there.
#[cfg(target_os = "android")]
pub(crate) fn commit_secret(_at: NonNull<u8>, _len: usize) -> Offer {
    None
}

#[cfg(target_os = "linux")]
fn map_secret(at: NonNull<u8>, len: usize) -> io::Result<()> {
    let size = libc::off_t::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    // SAFETY: makes a file descriptor, or fails.
    let fd = unsafe { libc::syscall(libc::SYS_memfd_secret, libc::O_CLOEXEC) };
    let fd = libc::c_int::try_from(fd).unwrap_or(-1);
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fd` is ours.
    let sized = check(unsafe { libc::ftruncate(fd, size) });
    let mapped = sized.and_then(|()| {
        let (access, flags) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_FIXED,
        );
        // SAFETY: replaces a part of a reservation of ours that nothing uses yet.
        let to = unsafe { libc::mmap(at.as_ptr().cast(), len, access, flags, fd, 0) };
        if to == libc::MAP_FAILED {
            Err(io::Error::last_os_error())
        } else {
            Ok(())
        }
    });
    // SAFETY: `fd` is ours and not used after; the mapping keeps the memory.
    unsafe { libc::close(fd) };
    mapped
}

pub(crate) fn exclude_from_dump(at: NonNull<u8>, len: usize) -> Offer {
    // SAFETY: advice that changes no content.
    Some(check(unsafe {
        libc::madvise(at.as_ptr().cast(), len, libc::MADV_DONTDUMP)
    }))
}

pub(crate) fn exclude_from_fork(at: NonNull<u8>, len: usize, backing: Backing) -> Offer {
    let advice = match backing {
        Backing::Anonymous => WIPE_ON_FORK,
        // Shared mappings cannot be wiped on fork; they can stay behind.
        Backing::Secret => libc::MADV_DONTFORK,
    };
    // SAFETY: advice that changes no content in this process.
    Some(check(unsafe { libc::madvise(at.as_ptr().cast(), len, advice) }))
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
        while unsafe { libc::pthread_tryjoin_np(thread.0, null_mut()) } == libc::EBUSY {
            std::thread::yield_now();
        }
        return;
    }
    let _ = backing;
    // SAFETY: joined once, since `thread` is taken by value.
    unsafe { libc::pthread_join(thread.0, null_mut()) };
}
