//! Effects as a third party writes them: `no_std`, no unsafe code, one dependency.
//!
//! An effect is a function of a [`Face`](moretta_lang::Face) and an [`Out`](moretta_lang::Out). The
//! host records it once, before any face exists, and evaluates what was recorded in every frame:
//!
//! ```
//! use moretta_lang::Program;
//!
//! let program = Program::record(moretta_example_party_hat::party_hat)?;
//! assert_eq!(program.draws().len(), 2);
//! # Ok::<(), moretta_lang::ProgramError>(())
//! ```
//!
//! How to think of it:
//!
//! - Every [`Num`](moretta_lang::Num) is a name. Calculate with it as with a number; there is nothing
//!   to print, compare or store, because no face is there yet.
//! - "If the mouth is open" is a [`Mask`](moretta_lang::Mask), and `mask.select(yes, no)` takes the
//!   place of `if`. Both sides are computed.
//! - Rust's own `if`, `for` and functions work on public things, such as landmark numbers, and shape
//!   the recording.
//! - What must survive to the next frame goes through [`Face::state`](moretta_lang::Face::state), or
//!   through [`Motion`](moretta_lang::Motion), which has springs, smoothing and latches ready.
//! - Sizes in pixels should be multiples of
//!   [`Face::eye_distance`](moretta_lang::Face::eye_distance), so that they fit any camera.

#![no_std]
#![forbid(unsafe_code)]

mod cheeks;
mod hat;
mod workout;

pub use cheeks::{BLUSH, BLUSH_STRENGTH, rosy_cheeks};
pub use hat::{CONFETTI, CONFETTI_CELLS, HAT, party_hat};
pub use workout::workout;
