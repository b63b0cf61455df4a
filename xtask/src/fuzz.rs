//! `cargo xtask fuzz`: the fuzz targets, which need nightly and cargo-fuzz.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::workspace::root;
use crate::{process, setup};

/// The target that has a feature of its own: fuzz/Cargo.toml says why.
const WITH_FEATURE: &str = "ffi";

/// What that one is run with. Its input is a list of calls, which is to be long from the start; the drivers of graphics devices
/// use a lot of memory.
const FOR_CALLS: [&str; 3] = ["-len_control=0", "-max_len=4096", "-rss_limit_mb=6144"];

/// How many inputs it begins with if it has none yet: they reach further at once than what grew from nothing for a minute.
const SEEDS: u64 = 200;

/// Fuzzes `target`, or each target in turn, for `seconds` each.
///
/// # Errors
/// [`Error::Missing`] if a tool is not installed, [`Error::Malformed`] if there is no such target,
/// [`Error::Failed`] if a target finds something.
pub(crate) fn run(target: Option<&str>, seconds: u32) -> Result<(), Error> {
    let known = targets(&root().join("fuzz/fuzz_targets"))?;
    let chosen = choose(&known, target)?;
    setup::ensure(&[setup::CXX])?;
    require_rust_tools()?;
    for target in chosen {
        println!("== fuzz: {target} for {seconds} s");
        let limit = format!("-max_total_time={seconds}");
        let mut command = nightly();
        command.args(["cargo", "fuzz", "run", target]);
        if target == WITH_FEATURE {
            seed(&root().join("fuzz/corpus").join(target))?;
            command.args(["--features", target, "--", &limit]);
            command.args(FOR_CALLS);
            command.env("MORETTA_FUZZ_TALLY", "1");
            // Drivers, and the session that stays open for all runs, keep memory until the end of the process.
            command.env("ASAN_OPTIONS", "detect_leaks=0");
        } else {
            command.args(["--", &limit]);
        }
        process::run(&mut command)?;
    }
    Ok(())
}

/// Fills an empty corpus: with bytes at random, the same each time.
#[allow(clippy::disallowed_methods, reason = "a fuzz target's own files")]
fn seed(corpus: &Path) -> Result<(), Error> {
    let unwritten = |source| Error::Write {
        path: corpus.to_owned(),
        source,
    };
    fs::create_dir_all(corpus).map_err(unwritten)?;
    if fs::read_dir(corpus).map_err(unwritten)?.next().is_some() {
        return Ok(());
    }
    for number in 0..SEEDS {
        let len = 1usize << (8 + number % 5);
        fs::write(corpus.join(format!("seed-{number}")), noise(number, len)).map_err(unwritten)?;
    }
    Ok(())
}

/// `len` bytes by the generator SplitMix64.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let words = std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    });
    words.flat_map(u64::to_le_bytes).take(len).collect()
}

/// `rustup run nightly` in the root: the toolchain file pins stable, and this overrules it.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).current_dir(root());
    command
}

/// The names of the targets: the files of `folder`, sorted.
fn targets(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The one target that was asked for, or all.
fn choose<'a>(known: &'a [String], wanted: Option<&str>) -> Result<&'a [String], Error> {
    let Some(wanted) = wanted else { return Ok(known) };
    match known.iter().position(|name| name == wanted) {
        Some(index) => Ok(&known[index..=index]),
        None => Err(Error::Malformed {
            what: "fuzz target".to_owned(),
            expected: "one of fuzz/fuzz_targets",
            found: format!("{wanted}; there are {}", known.join(", ")),
        }),
    }
}

/// Checks the tools that come from rustup and Cargo, which `setup` does not install unasked.
fn require_rust_tools() -> Result<(), Error> {
    let mut tools = Vec::new();
    let mut advice = Vec::new();
    if !process::succeeds(nightly().args(["rustc", "--version"])) {
        tools.push("nightly Rust");
        advice.push("rustup toolchain install nightly --profile minimal");
    }
    if !process::on_path("cargo-fuzz") {
        tools.push("cargo-fuzz");
        advice.push("cargo install cargo-fuzz --locked");
    }
    if tools.is_empty() {
        Ok(())
    } else {
        Err(Error::Missing {
            tools,
            advice: advice.join("\n"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["codec", "evaluate"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_known_target_is_chosen_alone_and_none_means_all() {
        assert_eq!(choose(&known(), Some("evaluate")).unwrap(), ["evaluate"]);
        assert_eq!(choose(&known(), None).unwrap(), known());
    }

    #[test]
    fn an_unknown_target_is_an_error_that_lists_the_known() {
        let error = choose(&known(), Some("codex")).unwrap_err().to_string();
        assert!(error.contains("codex; there are codec, evaluate"), "{error}");
    }

    #[test]
    fn an_empty_corpus_is_filled_and_another_left_as_it_is() {
        let corpus = crate::workspace::scratch("fuzz").join("corpus");
        seed(&corpus).unwrap();
        let count = || fs::read_dir(&corpus).unwrap().count() as u64;
        assert_eq!(count(), SEEDS);
        // The first word of SplitMix64 from 0, as its author has it (xoshiro.di.unimi.it/splitmix64.c).
        assert_eq!(noise(0, 8), 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
        fs::remove_file(corpus.join("seed-0")).unwrap();
        seed(&corpus).unwrap();
        assert_eq!(count(), SEEDS - 1);
    }

    #[test]
    fn targets_are_the_rust_files_of_a_folder() {
        let own = targets(&root().join("xtask/src")).unwrap();
        assert!(own.contains(&"fuzz".to_owned()), "{own:?}");
        assert!(own.is_sorted());
        assert!(targets(&root().join("no such folder")).is_err());
    }
}
