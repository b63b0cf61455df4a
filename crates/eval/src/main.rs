//! How well Moretta sees faces, measured.
//!
//! Measuring needs landmarks in the open, and nothing in Moretta opens them: no call, and no feature, for features
//! unify across an app. So this is a program and no library, and even the program opens nothing unless it was itself
//! compiled with `--cfg moretta_declassify`, which reaches this one binary and none of the libraries below it:
//!
//! ```text
//! cargo rustc --release --locked --package moretta-eval --bin moretta-eval -- --cfg moretta_declassify
//! ```
//!
//! `cargo xtask eval` does that and puts the result where it is not mistaken for an ordinary one. Each run of it says
//! first, on standard error, that it declassifies face data. The ordinary program says that it does not, and ends with
//! status 2.
//!
//! | module | holds |
//! |---|---|
//! | `readout` | the way out of the veil; compiled with the flag only |
//! | `sight`, `record` | what comes out: as numbers, as JSON lines |
//! | `picture`, `clip` | what is shown |
//! | `measure`, `conformance`, `compare`, `motion`, `truth` | what is done with it |

#![cfg_attr(
    not(moretta_declassify),
    allow(
        dead_code,
        reason = "an ordinary build has the tests of what a declassified one does"
    )
)]

#[cfg(any(test, moretta_declassify))]
mod cli;
#[cfg(any(test, moretta_declassify))]
mod clip;
#[cfg(any(test, moretta_declassify))]
mod compare;
#[cfg(moretta_declassify)]
mod conformance;
#[cfg(any(test, moretta_declassify))]
mod error;
#[cfg(any(test, moretta_declassify))]
mod followed;
#[cfg(any(test, moretta_declassify))]
mod judge;
#[cfg(moretta_declassify)]
mod measure;
#[cfg(any(test, moretta_declassify))]
mod motion;
#[cfg(any(test, moretta_declassify))]
mod picture;
#[cfg(moretta_declassify)]
mod readout;
#[cfg(any(test, moretta_declassify))]
mod record;
#[cfg(any(test, moretta_declassify))]
mod sight;
#[cfg(any(test, moretta_declassify))]
mod truth;

use std::process::ExitCode;

/// Measures, compares or judges, as the command line says.
#[cfg(moretta_declassify)]
#[expect(clippy::print_stderr, reason = "a command-line tool talks to the terminal")]
fn main() -> ExitCode {
    readout::moretta_declassify_readout();
    let matches = cli::cli().get_matches();
    let done = match matches.subcommand() {
        None => measure::run(&matches).map(|()| ExitCode::SUCCESS),
        Some(("compare", matches)) => compare::run(matches).map(|()| ExitCode::SUCCESS),
        Some(("motion", matches)) => motion::run(matches).map(|()| ExitCode::SUCCESS),
        Some(("conformance", matches)) => conformance::run(matches),
        _ => unreachable!("clap knows no other"),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Says that this program opens nothing.
#[cfg(not(moretta_declassify))]
#[expect(clippy::print_stderr, reason = "a command-line tool talks to the terminal")]
fn main() -> ExitCode {
    eprintln!(
        "moretta-eval: built without --cfg moretta_declassify, so it can read out nothing of faces. Use `cargo xtask \
         eval`, which builds it with."
    );
    ExitCode::from(2)
}
