//! `cargo xtask conformance`: the reference's own expectations, one line each.
//!
//! With `--data` against the test material that is not in this repository; without, against what is. What cannot be
//! read, or is no number, fails: nothing is skipped.

mod clips;
mod crops;
mod geometry;
mod networks;
mod people;
mod portrait;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgMatches;
use moretta_track::{Range, TrackerOptions};

use crate::error::EvalError;
use crate::judge::Judge;
use crate::readout::{ENGINE, Watcher};

/// Judges everything and says so. Succeeds if each golden does.
#[expect(clippy::print_stdout, reason = "a command-line tool talks to the terminal")]
pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, EvalError> {
    let path = |name| matches.get_one::<PathBuf>(name).cloned();
    let root = path("root").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    println!("conformance: networks computed by {ENGINE}");
    let watchers = Watchers::new()?;
    let mut judge = Judge::default();
    match path("data") {
        Some(data) => {
            crops::of_reference(&mut judge, &data.join("golden/crop"));
            geometry::of_reference(&mut judge, &data.join("golden"));
            networks::of_reference(&mut judge, &data.join("golden"));
            portrait::of_reference(&mut judge, &data, &watchers);
            people::london(&mut judge, &data, &watchers);
            people::nobody(&mut judge, &data.join("images/negative"), &watchers);
            clips::all(&mut judge, &data, &root.join("crates/eval/reference"));
        }
        None => {
            crops::committed(&mut judge, &root.join("crates/frame/tests/data"));
            geometry::committed(
                &mut judge,
                &root.join("crates/geometry/tests/data/reference.json"),
            );
            portrait::committed(&mut judge, &root.join("crates/track/tests/data"), &watchers);
        }
    }
    Ok(judge.summary())
}

/// Trackers for single pictures.
struct Watchers {
    /// As an app gets it, with blendshapes.
    default: Watcher,
    short: Watcher,
    full: Watcher,
}

impl Watchers {
    fn new() -> Result<Self, EvalError> {
        let with = |range| {
            Watcher::new(TrackerOptions {
                range,
                blendshapes: true,
                ..TrackerOptions::default()
            })
        };
        Ok(Self {
            default: with(TrackerOptions::default().range)?,
            short: with(Range::Short)?,
            full: with(Range::Full)?,
        })
    }
}
