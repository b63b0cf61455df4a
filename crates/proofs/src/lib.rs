//! Run-time proofs of the privacy promise, their controls and mutants.
//!
//! A *proof* watches another process, the *victim*, from outside: its memory, its mappings, its children, its core
//! dumps, its system calls. The victim runs sessions with a made-up face and every bad habit of real code. Each proof
//! has a *control*: the same observation of a process that does leak, which must be caught, or the proof fails. *Mutants*
//! are seeded faults in a copy of the source; each must be caught by a proof.
//!
//! `cargo xtask prove` runs them all.
//!
//! | module | holds |
//! |---|---|
//! | `needle` | what to look for |
//! | `face`, `portrait` | the made-up face and its needles; a real one |
//! | `workload`, `scenes` | what the victim does |
//! | `inference`, `expected` | the same with the real networks, and what to look for then |
//! | `rendering` | whole sessions, drawn on a software device |
//! | `subject`, `scan`, `registers` | observing a process |
//! | `deeds` | what a whole run of a program does |
//! | `proofs` | the proofs |
//! | `mutants` | the seeded faults |

#![allow(
    unsafe_code,
    reason = "traces, forks and signals other processes, and joins the trusted base"
)]
#![cfg(target_os = "linux")]

pub mod deeds;
pub mod expected;
pub mod face;
pub mod inference;
pub mod mutants;
pub mod needle;
pub mod portrait;
pub mod proofs;
pub mod registers;
pub mod rendering;
pub mod scan;
pub mod scenes;
pub mod subject;
pub mod workload;
