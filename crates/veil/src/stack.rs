//! The face thread's stack lies in a vault; its dead part is zeroed after each frame.

use crate::wipe::wipe;
use std::hint::black_box;
use std::mem::MaybeUninit;

/// What the wiper spares below its own frame: room for itself and the fill that it calls.
const SPARED: usize = 4 << 10;
/// How much deeper a frame runs. More than what is spared, so that a frame's stack is wiped whole.
const DEPTH: usize = 16 << 10;

/// Runs `f` at least [`DEPTH`] bytes deeper than the caller: wholly below what [`wipe_below`], called from the
/// same place, spares.
#[inline(never)]
pub(crate) fn deep<R>(f: impl FnOnce() -> R) -> R {
    let pad = MaybeUninit::<[u8; DEPTH]>::uninit();
    black_box(&pad);
    let result = outlined(f);
    black_box(&pad); // alive across the call, so that it lies between the caller and `f`
    result
}

#[inline(never)]
fn outlined<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// Zeroes the dead part of this thread's stack, from `low`, its first byte, up to nearly here.
///
/// # Safety
/// `low` must be the first byte of the calling thread's stack, and the stack mapped down to there.
#[inline(never)]
pub(crate) unsafe fn wipe_below(low: *mut u8) {
    let mark = 0u8;
    let here = black_box(&raw const mark).addr();
    // SAFETY: below the frame of this function and of what it calls, nothing on the stack is alive.
    unsafe { wipe(low, here.saturating_sub(SPARED).saturating_sub(low.addr())) };
}
