//! What is left on the stack of numbers of faces, while they were worked out.

/// Overwrites what lies beyond the end of the stack. What the graphics library makes from here on is put there, and what it
/// leaves unset in its objects would take along what was there before.
///
/// It reaches what functions that have returned left: so whoever makes objects calls this first, or has it called, and works no
/// numbers of faces out in a frame of its own.
#[inline(never)]
pub(crate) fn overwrite() {
    /// More than what is called before comes to, its copies included.
    const BYTES: usize = 48 * 1024;
    let mut dead = [0_u8; BYTES];
    core::hint::black_box(&mut dead);
}
