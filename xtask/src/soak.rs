//! `cargo xtask soak`: sessions, effects and frames by the thousand, and whether memory grows.

use crate::error::Error;
use crate::workspace::cargo;
use crate::{process, setup};

/// How often each part is done; as often as the program means it where absent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) sessions: Option<u32>,
    pub(crate) switches: Option<u32>,
    pub(crate) frames: Option<u32>,
}

/// Runs the soak test in an optimised build.
///
/// # Errors
/// [`Error::Missing`] if something cannot be installed, [`Error::Failed`] if memory grows.
pub(crate) fn run(options: Options) -> Result<(), Error> {
    setup::ensure(&setup::DRAWING)?;
    process::run(cargo().args(arguments(options)))
}

fn arguments(options: Options) -> Vec<String> {
    let fixed = [
        "run",
        "--release",
        "--package",
        "moretta-desktop",
        "--bin",
        "moretta-soak",
        "--",
        "--best-effort",
    ];
    let mut arguments = fixed.map(str::to_owned).to_vec();
    for (name, times) in [
        ("--sessions", options.sessions),
        ("--switches", options.switches),
        ("--frames", options.frames),
    ] {
        arguments.extend(
            times
                .into_iter()
                .flat_map(|times| [name.to_owned(), times.to_string()]),
        );
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_reach_the_program() {
        let options = Options {
            sessions: Some(10),
            switches: None,
            frames: Some(30),
        };
        assert_eq!(
            arguments(options)[7..],
            ["--best-effort", "--sessions", "10", "--frames", "30"]
        );
        assert_eq!(arguments(Options::default())[7..], ["--best-effort"]);
    }
}
