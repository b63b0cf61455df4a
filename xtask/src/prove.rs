//! `cargo xtask prove`: builds the prover and hands the request on.

use crate::error::Error;
use crate::process;
use crate::workspace::cargo;

/// What to prove.
#[derive(Default)]
pub(crate) struct Options {
    /// The short form that CI runs.
    pub(crate) quick: bool,
    /// How many times the whole is run; once where absent.
    pub(crate) repeat: Option<u32>,
    /// Only the proofs and mutants whose name contains this.
    pub(crate) filter: Option<String>,
    /// Whether tract is watched, instead of kernels.
    pub(crate) tract: bool,
}

/// Runs the proofs in an optimised build: what ships is what must forget.
///
/// # Errors
/// [`Error::Failed`] with the prover's exit status if a proof fails or a mutant is missed.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    process::run(cargo().args(arguments(options)))
}

fn arguments(options: &Options) -> Vec<String> {
    let fixed = [
        "run",
        "--release",
        "--package",
        "moretta-proofs",
        "--bin",
        "prove",
        "--",
    ];
    let mut arguments: Vec<String> = fixed.map(str::to_owned).to_vec();
    if options.tract {
        let dashes = arguments.len() - 1;
        arguments.splice(dashes..dashes, ["--features", "tract"].map(str::to_owned));
    }
    if options.quick {
        arguments.push("--quick".to_owned());
    }
    if let Some(times) = options.repeat {
        arguments.extend(["--repeat".to_owned(), times.to_string()]);
    }
    arguments.extend(options.filter.clone());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_reaches_the_prover_unchanged() {
        let all = Options {
            quick: true,
            repeat: Some(20),
            filter: Some("forget".to_owned()),
            tract: false,
        };
        assert_eq!(
            arguments(&all)[6..],
            ["--", "--quick", "--repeat", "20", "forget"]
        );
        assert_eq!(arguments(&Options::default())[6..], ["--"]);
        let tract = Options {
            tract: true,
            ..Options::default()
        };
        assert_eq!(arguments(&tract)[6..], ["--features", "tract", "--"]);
    }
}
