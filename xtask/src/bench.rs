//! `cargo xtask bench`: the criterion benches.

use crate::error::Error;
use crate::process;
use crate::workspace::cargo;

/// Runs the benches whose name contains `filter`, or all of them. Those that criterion does not run, `veil_ratio` and
/// `track_ratio`, filter as it does: `track/` runs the stages of tracking and not `track_ratio/...`.
///
/// # Errors
/// [`Error::Failed`] if one does not build or run.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Error> {
    let mut command = cargo();
    command.args(["bench", "--package", "moretta-benches"]);
    if let Some(filter) = filter {
        command.args(["--", filter]);
    }
    process::run(&mut command)
}
