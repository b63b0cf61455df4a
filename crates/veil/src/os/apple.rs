//! macOS and iOS. Written from Apple's documentation, compile-checked, not tested.
//!
//! - A child has no mapping where face memory was (`minherit(2)`): touching it there is a fault. iOS apps cannot
//!   fork at all.
//! - Dumps: there is no way to leave a range out of a core file. macOS writes none unless `ulimit -c` is raised;
//!   iOS writes none. Crash reports hold registers and addresses, no memory.
//! - libpthread keeps its thread record, and dyld the thread-locals, in memory of their own: what the veil puts on
//!   the stack lies in the vault, a library's thread-local does only as far as it comes from `FaceHeap`.

use super::Offer;
pub(crate) use super::unix::{Thread, commit, is_child, lock, page_size, release, reserve, start, unguard};
use super::unix::{block_signals, check, wait_for};
use crate::Backing;
use std::ffi::c_void;
use std::ptr::NonNull;

unsafe extern "C" {
    /// From `<pthread.h>`; the libc crate does not declare it for Apple's systems.
    pub(super) fn pthread_attr_setstack(
        attributes: *mut libc::pthread_attr_t,
        stack: *mut c_void,
        len: libc::size_t,
    ) -> libc::c_int;
}

/// Whether the project's proofs run on this platform.
pub(crate) const PROVEN: bool = false;

pub(crate) fn reserve_secret(_len: usize) -> Offer<NonNull<u8>> {
    None
}

pub(crate) fn exclude_from_dump(_at: NonNull<u8>, _len: usize) -> Offer {
    None
}

pub(crate) fn exclude_from_fork(at: NonNull<u8>, len: usize, _backing: Backing) -> Offer {
    // SAFETY: says what a child gets; changes nothing in this process.
    Some(check(unsafe {
        libc::minherit(at.as_ptr().cast(), len, libc::VM_INHERIT_NONE)
    }))
}

pub(crate) fn begin_thread() {
    block_signals();
    // SAFETY: names this thread; the text ends with a zero and fits 64 bytes.
    unsafe { libc::pthread_setname_np(c"moretta-face".as_ptr()) };
}

pub(crate) fn join(thread: Thread, _backing: Backing) {
    wait_for(thread);
}
