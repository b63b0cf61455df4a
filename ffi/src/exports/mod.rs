//! The exported functions, as the header groups them. Each does what it does inside of a guard.
//!
//! What they take cannot be made in Rust, and what it leads to is reached in `raw.rs` alone. So nothing here is unsafe but
//! the names, which are the linker's: no two libraries of a program may have the same ones, hence `moretta_`.

#![allow(unsafe_code, reason = "exported names")]

mod donor;
mod effect;
mod frame;
mod lifecycle;
mod surface;
mod version;
