//! The native half of the Kotlin API in `ffi/android`: what its `Native` object declares, by way of the C ABI.
//!
//! It adds no way of its own to a face. Every function does what a call of `moretta.h` does, and rests on what that call
//! checks: handles are looked up and never followed, structs are checked, a fault inside is a status. What comes on top:
//!
//! - **One guard.** Each exported function does all it does inside of `entry`, where a panic ends, everything is wiped, and a
//!   `MorettaException` is thrown. A test reads the source and looks that none does without.
//! - **Memory is that of direct buffers.** A place and a length are held against the buffer's capacity before the C ABI
//!   sees an address, and the buffer is held by the call.
//! - **Unsafe** are the declarations of the C ABI (`sys.rs`), the calls that take an address (`calls.rs`), Android's windows
//!   (`window.rs`) and the exported names (`exports.rs`); the `jni` crate has the rest.
//!
//! Tests compare `sys.rs` with the header and with the library, and `exports.rs` with `Native.kt`.

mod calls;
mod entry;
mod exports;
mod fault;
mod memory;
#[cfg(test)]
mod source;
mod sys;
mod window;

// Its functions are called by their C names; this is what brings them in, and the allocator.
use moretta_ffi as _;
