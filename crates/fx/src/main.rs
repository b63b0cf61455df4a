//! `moretta-fx`: makes, checks, packs, renders, previews and tests effect packs.
//!
//! `docs/EFFECTS.md` leads an author through it, `docs/PACKS.md` is the format. It writes the files that its command
//! line names and no others. Pictures of people that it is given it draws through the real session, under the consent
//! that whoever gives them has.

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the terminal"
)]

mod cli;
mod container;
mod diff;
mod error;
mod film;
mod folder;
mod input;
mod load;
mod locate;
mod preview;
mod progress;
mod render;
mod schema;
mod script;
mod sheet;
mod starter;
mod studio;
mod text;
mod validate;
mod watch;

use std::process::ExitCode;

use moretta::FaceHeap;

use crate::error::Error;

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

fn main() -> ExitCode {
    match cli::dispatch(&cli::command().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
