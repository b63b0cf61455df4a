//! The twins: beside each leak attempt, the same lines without the leak. They compile and run, so that an attempt
//! cannot fail because it misspells something.
//!
//! A twin carries the name of its attempt, and each group its own module. `tests/suite.rs` compares the two, line by
//! line.

mod buffer;
mod consent;
mod donor;
mod escape;
mod flow;
mod frame;
mod program;
mod session;
mod show;
mod stage;
mod value;
