//! The promise about face data, attacked: some 250 attempts to leak, none of which compiles.
//!
//! Nothing here is called by anyone. The suite is in `tests`:
//!
//! | file | holds |
//! |---|---|
//! | `fail/GROUP/NAME.rs` | an attempt: the line on top says what would leak |
//! | `fail/GROUP/NAME.stderr` | the compiler's words, compared with every run |
//! | `twins/GROUP.rs` | per attempt a test `NAME` that says the same rightly, compiles and runs |
//! | `suite` | runs the attempts, and checks that each proves what it says |
//! | `control` | a case that compiles, and one that fails for another reason: the suite must notice |
//! | `traits.rs` | what no face type implements, by name, beside a public type that does |
//!
//! | group | how a face would leak |
//! |---|---|
//! | `value` | a name of a number becomes a number |
//! | `show` | printed, hashed, serialised, logged, traced |
//! | `flow` | code runs, loops, sleeps, allocates or reads depending on a face |
//! | `escape` | a name outlives its recording, or leaves its thread |
//! | `program` | a program does what the verifier did not see; the evaluator's tables are copied |
//! | `buffer` | face memory is reached, copied, shared or kept without leave |
//! | `frame` | a picture is kept on its way in or out |
//! | `session` | the veil's inside is reached; a pipeline answers with, or keeps, what it saw |
//! | `consent` | a session without a person's consent, or a child's without a guardian's |
//!
//! # What keeps an attempt honest
//! A case that must not compile fails for any reason at all: a typo is enough. So the suite asks of each attempt that
//! the compiler finds exactly one error; that its code is not one that slips of the pen have (an unknown name, an
//! unresolved path, a missing argument), but where a table says why; and that every line which the error does not
//! point at stands in the twin as well, where it compiles. The words may not quote the standard library's source,
//! which is not installed everywhere.
//!
//! # What it does not show
//! That these are all the ways. What is reached by `unsafe` code is the run-time proofs' subject; and an implementor
//! of `moretta_veil::Pipeline` is trusted: `Reply`, for one, may be any `Copy` type, and that it holds no more than
//! the disclosures listed is the implementor's vow.

#![forbid(unsafe_code)]
