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

/// How much of an ordinary thread's dead stack is zeroed: twice what an image decoder was seen to use.
/// `crates/capture/tests/depth.rs` holds decoders to it.
const DEAD: usize = 128 << 10;

/// Zeroes [`DEAD`] bytes of the calling thread's stack below here, wherever its end is: for threads whose stack is
/// not ours. What [`deep`], called from the same place, ran lies there, as far down as that.
#[inline(never)]
pub(crate) fn wipe_dead() {
    let mut dead = MaybeUninit::<[u8; DEAD]>::uninit();
    // SAFETY: this function's own array.
    unsafe { wipe(dead.as_mut_ptr().cast(), DEAD) };
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::os;
    use crate::protection::{Backing, Policy, Purpose};
    use crate::vault::Vault;
    use std::ffi::c_void;

    /// What a thread on a vault found, as addresses and counts of bytes.
    #[derive(Default)]
    struct Found {
        low: usize,
        caller: usize,
        frame: usize,
        before: usize,
        after: usize,
        alive: bool,
    }

    const LEN: usize = 256 << 10;
    const LEFT: usize = 8 << 10;

    /// Leaves `LEFT` bytes of 0xA5 on the dead stack and returns where.
    #[inline(never)]
    fn leave() -> usize {
        let mut left = [0u8; LEFT];
        left.fill(black_box(0xA5));
        black_box(&left).as_ptr().expose_provenance()
    }

    /// Counts what is left of it, without a call that would overwrite it.
    fn stains(at: usize) -> usize {
        let start: *const u8 = std::ptr::with_exposed_provenance(at);
        let mut count = 0;
        for n in 0..LEFT {
            // SAFETY: inside this thread's stack, which is mapped whole; what lies there is dead.
            let byte = unsafe { start.add(n) };
            // SAFETY: as above.
            count += usize::from(unsafe { byte.read_volatile() } == 0xA5);
        }
        count
    }

    extern "C" fn entry(argument: *mut c_void) -> *mut c_void {
        // SAFETY: the test's own, which waits for this thread.
        let found = unsafe { &mut *argument.cast::<Found>() };
        let alive = black_box([0x5Au8; 64]);
        found.caller = alive.as_ptr().addr();
        found.frame = deep(leave);
        found.before = stains(found.frame);
        // SAFETY: the first byte of this thread's stack, which is mapped whole.
        unsafe { wipe_below(std::ptr::with_exposed_provenance_mut(found.low)) };
        found.after = stains(found.frame);
        found.alive = black_box(alive) == [0x5A; 64];
        std::ptr::null_mut()
    }

    #[test]
    fn a_deep_frame_is_wiped_whole_and_its_caller_is_spared() {
        let stack = Vault::new(Purpose::Stack, LEN, Policy::BestEffort, Backing::Anonymous).unwrap();
        let mut found = Found {
            low: stack.base().as_ptr().expose_provenance(),
            ..Found::default()
        };
        // SAFETY: the thread is joined below, before the stack and `found` go; `entry` expects a `Found`.
        let thread = unsafe { os::start(stack.base(), stack.len(), entry, (&raw mut found).cast()) };
        os::join(thread.unwrap(), stack.backing());
        assert!(
            (found.low..found.low + LEN).contains(&found.frame),
            "on the vault"
        );
        assert!(
            found.caller - (found.frame + LEFT) >= DEPTH,
            "deeper than what is spared"
        );
        assert!(
            found.before > LEFT / 2,
            "control: {} bytes lay there",
            found.before
        );
        assert_eq!(found.after, 0);
        assert!(found.alive, "what is in use stays");
    }

    #[test]
    fn deep_hands_the_result_on() {
        assert_eq!(deep(|| 7), 7);
    }
}
