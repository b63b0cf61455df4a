//! The C ABI of Moretta: what `include/moretta.h` declares.
//!
//! The header says what each call does; here is how it is kept safe.
//!
//! - **One guard.** Each exported function does all it does inside of `guard`, which turns errors into a status and a
//!   text, and a panic into `MORETTA_STATUS_BUG`, after everything was wiped. A test reads the source and looks that none
//!   does without.
//! - **Handles are numbers** that are looked up in a list of what is alive, and never followed.
//! - **Structs begin with their size.** They are copied, as far as the caller has them, over zeros, and never referred to
//!   where they lie.
//! - **Two files follow pointers**: `raw.rs` those to memory, `surface.rs` those to windows. The exports themselves take
//!   types that only a C caller can make.
//! - **The allocator** of the library is [`moretta::FaceHeap`], so that what libraries allocate while they look at a face lies in
//!   face memory.
//!
//! As a Rust library it has nothing to call: [`CONSTANTS`] and [`STRUCTS`] are there for the test that compares them with
//! the header.

mod abi;
mod donor;
mod effect;
mod error_text;
mod exports;
mod fault;
mod frame;
mod guard;
mod handle;
mod logger;
mod options;
mod pass;
mod raw;
mod report;
mod session;
mod status;
mod surface;

pub use abi::{CONSTANTS, Layout, STRUCTS};
pub use fault::Fault;

/// Faults inside of a call of this session, as Moretta might, and answers what the call answers: what comes after can then be
/// tried. No panic hook hears of it.
#[cfg(feature = "fault")]
#[must_use]
pub fn fault(session: usize) -> i32 {
    let fault = |_: &mut session::Session| -> Result<(), Fault> { std::panic::resume_unwind(Box::new(())) };
    guard::guard_session(handle::Handle::of(session), fault).0
}

#[global_allocator]
static HEAP: moretta::FaceHeap = moretta::FaceHeap;
