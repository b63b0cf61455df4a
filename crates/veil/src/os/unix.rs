//! What Linux, Android, macOS and iOS share: POSIX mappings, locks and threads.

#[cfg(target_vendor = "apple")]
use super::apple::pthread_attr_setstack;
#[cfg(not(target_vendor = "apple"))]
use libc::pthread_attr_setstack;
use std::ffi::c_void;
use std::io;
use std::ptr::{NonNull, null_mut};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// A thread that runs on a stack of ours.
pub(crate) struct Thread(pub(super) libc::pthread_t);

// SAFETY: a pthread_t may be joined from any thread of the process.
unsafe impl Send for Thread {}

/// The answer of a call that returns 0 or sets `errno`.
pub(super) fn check(status: libc::c_int) -> io::Result<()> {
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

pub(crate) fn page_size() -> usize {
    // SAFETY: sysconf only reads.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(bytes).unwrap_or(4096)
}

pub(crate) fn reserve(len: usize) -> io::Result<NonNull<u8>> {
    map(len, libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE, -1)
}

/// Maps `len` inaccessible bytes of `fd`, or of no file.
pub(super) fn map(len: usize, flags: libc::c_int, fd: libc::c_int) -> io::Result<NonNull<u8>> {
    // SAFETY: a new mapping at an address of the system's choice touches no memory of ours.
    let at = unsafe { libc::mmap(null_mut(), len, libc::PROT_NONE, flags, fd, 0) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(at.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

pub(crate) fn commit(at: NonNull<u8>, len: usize) -> io::Result<()> {
    // SAFETY: the range is part of a reservation that nothing uses yet.
    check(unsafe { libc::mprotect(at.as_ptr().cast(), len, libc::PROT_READ | libc::PROT_WRITE) })
}

/// # Safety
/// `at` and `len` are a whole reservation, and nothing points into it any more.
pub(crate) unsafe fn release(at: NonNull<u8>, len: usize) {
    // SAFETY: the caller vouches. A failure would leave zeroed pages mapped: harmless, and nobody to tell.
    unsafe { libc::munmap(at.as_ptr().cast(), len) };
}

pub(crate) fn lock(at: NonNull<u8>, len: usize) -> super::Offer {
    // SAFETY: locking changes no content.
    Some(check(unsafe { libc::mlock(at.as_ptr().cast(), len) }))
}

/// Nothing to do: unmapping forgets locks and advice.
pub(crate) fn unguard(_at: NonNull<u8>, _len: usize) {}

/// Starts `entry(argument)` on the `len` bytes at `stack`.
///
/// # Safety
/// The stack must stay mapped until the thread is joined; `argument` must be what `entry` expects.
pub(crate) unsafe fn start(
    stack: NonNull<u8>,
    len: usize,
    entry: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: *mut c_void,
) -> io::Result<Thread> {
    let code = |status| {
        if status == 0 {
            Ok(())
        } else {
            Err(io::Error::from_raw_os_error(status))
        }
    };
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: initialises the attributes.
    code(unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) })?;
    // SAFETY: initialised above; the caller vouches for the stack.
    let set = code(unsafe { pthread_attr_setstack(attributes.as_mut_ptr(), stack.as_ptr().cast(), len) });
    let started = set.and_then(|()| {
        let mut thread = std::mem::MaybeUninit::<libc::pthread_t>::uninit();
        // SAFETY: the attributes are initialised; the caller vouches for `argument`.
        code(unsafe { libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), entry, argument) })?;
        // SAFETY: pthread_create succeeded and has written it.
        Ok(Thread(unsafe { thread.assume_init() }))
    });
    // SAFETY: initialised above, not used after.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    started
}

/// Joins `thread`.
pub(super) fn wait_for(thread: Thread) {
    // SAFETY: joined once, since `thread` is taken by value.
    unsafe { libc::pthread_join(thread.0, null_mut()) };
}

/// Keeps the app's signal handlers off the face thread: a handler's frame would spill registers that hold
/// face data on a stack that the wiper has just left, and would run the app's code there.
pub(super) fn block_signals() {
    let mut all = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: fills the set.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // Faults stay deliverable: blocking them would only turn a crash report into silence.
    for fault in [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGABRT,
        libc::SIGTRAP,
        libc::SIGSYS,
    ] {
        // SAFETY: the set is filled.
        unsafe { libc::sigdelset(all.as_mut_ptr(), fault) };
    }
    // SAFETY: changes this thread's mask only.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), null_mut()) };
}

static IS_CHILD: AtomicBool = AtomicBool::new(false);

extern "C" fn note_fork() {
    IS_CHILD.store(true, Ordering::Relaxed);
}

/// Noted by a handler that runs in the child: asking for the process number would be a system call a frame.
pub(crate) fn is_child() -> bool {
    static ONCE: Once = Once::new();
    // SAFETY: registers a handler that only notes. Without it (out of memory) a child's call would wait for a
    // thread that is not there, as in any program that forks with threads.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(note_fork));
    });
    IS_CHILD.load(Ordering::Relaxed)
}
