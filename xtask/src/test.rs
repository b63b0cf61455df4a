//! `cargo xtask test`: everything that must hold, from a bare machine on.

use crate::error::Error;
use crate::prove;
use crate::steps::{self, Step};
use crate::workspace::{cargo, root};
use crate::{check_deps, conformance, process, setup};

/// Sets up, runs every test of every crate, checks the dependencies and the goldens, and proves the promise quickly.
///
/// # Errors
/// That of the first step that fails.
pub(crate) fn run() -> Result<(), Error> {
    let quick = prove::Options {
        quick: true,
        ..prove::Options::default()
    };
    steps::run(
        "test",
        vec![
            Step::new("setup", || setup::run(false)),
            Step::new("cargo test", || {
                process::run(cargo().args(["test", "--workspace"]))
            }),
            Step::new("check-deps", || check_deps::run(&root(), false)),
            Step::new("conformance", conformance::check),
            Step::new("prove --quick", move || prove::run(&quick)),
        ],
    )
}
