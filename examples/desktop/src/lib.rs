//! The desktop app: what an app makes of the SDK.
//!
//! A window with the live picture, the effects, their sliders and what protects the faces; or the same pipeline without a
//! window. Nothing is written but finished pictures, to files that the user named, when the user asked.
//!
//! | module | holds |
//! |---|---|
//! | `args`, `error` | the command line; the one error |
//! | `quiet`, `lockdown`, `system` | drivers that write nothing; a process that cannot; what the kernel says |
//! | `studio`, `sources`, `effects`, `export` | device and networks; frames; packs; the files that the user named |
//! | `headless`, `stages` | without a window; what frames took |
//! | `app`, `screen`, `theme` | the window's life, its surface, its look |
//! | `live`, `news`, `pace`, `composite` | the thread that draws, what it is told and tells, when, and the picture |
//! | `desk`, `panel_*`, `preview`, `layout` | the user interface |
//! | `soak` | the same things thousands of times |

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that talks to its user"
)]

mod app;
mod args;
mod composite;
mod desk;
mod donor;
mod effects;
mod error;
mod export;
mod headless;
mod layout;
mod live;
mod lockdown;
mod news;
mod pace;
mod panel_consent;
mod panel_controls;
mod panel_effects;
mod panel_privacy;
mod panel_statistics;
mod panel_top;
mod preview;
mod quiet;
mod screen;
mod soak;
mod sources;
mod stages;
mod studio;
mod system;
mod theme;

use std::process::ExitCode;

use crate::args::Args;
use crate::error::Error;

/// The app, from the command line to its end. The program must have installed [`FaceHeap`](moretta::FaceHeap).
#[must_use]
pub fn run() -> ExitCode {
    end(quietly(|| {
        let args = Args::from_env();
        if args.headless {
            return headless::run(&args);
        }
        if !has_display() {
            println!("there is no display: going on without a window");
            return headless::run(&args);
        }
        app::run(args)
    }))
}

/// The soak test, from the command line to its end. The program must have installed [`FaceHeap`](moretta::FaceHeap).
#[must_use]
pub fn soak() -> ExitCode {
    end(quietly(soak::run))
}

/// Runs `work` with drivers that write nothing.
fn quietly(work: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    quiet::ensure().map_err(Error::Again)?;
    work()
}

fn end(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether a window can be shown. Elsewhere than on Linux there is always something to show it on.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
