//! `cargo xtask bench`: the criterion benches, and what others take for the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::Error;
use crate::process;
use crate::workspace::{cargo, read, root, target_directory};

/// Runs the benches whose name contains `filter`, or all of them, and writes what criterion knows by then to
/// `target/bench/report.md`. Those that criterion does not run, `veil_ratio` and `track_ratio`, filter as it does: `track/`
/// runs the stages of tracking and not `track_ratio/...`.
///
/// # Errors
/// [`Error::Failed`] if one does not build or run, [`Error::Read`] if the report cannot be written.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Error> {
    let mut command = cargo();
    command.args(["bench", "--package", "moretta-benches"]);
    if let Some(filter) = filter {
        command.args(["--", filter]);
    }
    process::run(&mut command)?;
    let target = target_directory()?;
    let rows = rows(&target.join("criterion"))?;
    let path = folder()?.join("report.md");
    write(&path, &report(&rows, &machine(), &commit()))?;
    println!("bench: {} figures in {}", rows.len(), path.display());
    Ok(())
}

/// Runs ours and MediaPipe, TensorFlow Lite and ONNX Runtime in turns, in a Python environment made for that, and writes
/// the ratios to `target/bench/peers.md`. `originals` is what `models/recipe/fetch.sh` fetched.
///
/// # Errors
/// [`Error::Start`] and [`Error::Failed`] without Python 3.11, its packages, or one of these files.
pub(crate) fn peers(originals: &Path, rounds: Option<u32>) -> Result<(), Error> {
    let folder = folder()?;
    let python = folder.join("peers/bin/python");
    let sources = root().join("benches/peers");
    let requirements = sources.join("requirements.txt");
    if !python.exists() {
        println!("bench: making a Python environment with the peers");
        process::run(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(folder.join("peers")),
        )?;
    }
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(requirements),
    )?;
    process::run(cargo().args([
        "build",
        "--release",
        "--package",
        "moretta-benches",
        "--example",
        "peer",
    ]))?;
    let out = folder.join("peers.md");
    let mut command = Command::new(&python);
    command
        .arg(sources.join("peers.py"))
        .args(["--originals".as_ref(), originals.as_os_str()])
        .arg("--ours")
        .arg(target_directory()?.join("release/examples/peer"))
        .arg("--out")
        .arg(&out);
    if let Some(rounds) = rounds {
        command.args(["--rounds", &rounds.to_string()]);
    }
    process::run(&mut command)?;
    println!("bench: {} at {} in {}", machine(), commit(), out.display());
    Ok(())
}

/// Where reports go: `target/bench`.
fn folder() -> Result<PathBuf, Error> {
    let folder = target_directory()?.join("bench");
    fs::create_dir_all(&folder).map_err(|source| Error::Read {
        path: folder.clone(),
        source,
    })?;
    Ok(folder)
}

/// A bench's name, and the median of a run in nanoseconds with its confidence interval.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    median_ns: f64,
    low_ns: f64,
    high_ns: f64,
}

/// What criterion's folder knows, by name.
fn rows(criterion: &Path) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut folders = vec![criterion.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        folders.extend(entries.flatten().map(|it| it.path()).filter(|it| it.is_dir()));
        if folder.ends_with("new") && folder.join("estimates.json").exists() {
            let texts = ["benchmark.json", "estimates.json"].map(|name| read(&folder.join(name)));
            let [bench, estimates] = texts;
            rows.push(row(&bench?, &estimates?).ok_or_else(|| Error::Malformed {
                what: folder.display().to_string(),
                expected: "a bench of criterion's",
                found: "another text".to_owned(),
            })?);
        }
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

/// What criterion's two files say of a bench.
fn row(bench: &str, estimates: &str) -> Option<Row> {
    let [bench, estimates]: [Value; 2] = [
        serde_json::from_str(bench).ok()?,
        serde_json::from_str(estimates).ok()?,
    ];
    let median = &estimates["median"];
    let interval = &median["confidence_interval"];
    Some(Row {
        name: bench["full_id"].as_str()?.to_owned(),
        median_ns: median["point_estimate"].as_f64()?,
        low_ns: interval["lower_bound"].as_f64()?,
        high_ns: interval["upper_bound"].as_f64()?,
    })
}

fn report(rows: &[Row], machine: &str, commit: &str) -> String {
    let mut text = format!(
        "# Benches\n\n{machine}, commit {commit}. Medians, milliseconds, with criterion's interval of 95 %.\n\n\
         | bench | median | from | to |\n|---|---|---|---|\n"
    );
    for row in rows {
        let [median, low, high] = [row.median_ns, row.low_ns, row.high_ns].map(|ns| ns / 1e6);
        text += &format!("| `{}` | {median:.4} | {low:.4} | {high:.4} |\n", row.name);
    }
    text
}

/// The processor and how many of it there are, where Linux says.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or("a processor without a name", |it| {
        it.trim_start_matches([' ', '\t', ':'])
    });
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{count} x {name}")
}

/// The commit, and whether anything differs from it.
fn commit() -> String {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["describe", "--always", "--dirty"]);
    process::output(&mut git).map_or_else(|_| "unknown".to_owned(), |it| it.trim().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a report, in Cargo's target folder")]
fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BENCH: &str =
        r#"{"group_id":"track","function_id":"a","value_str":null,"full_id":"track/a/640x480"}"#;
    const ESTIMATES: &str = r#"{"mean":{"point_estimate":9.0},"median":{"confidence_interval":
        {"confidence_level":0.95,"lower_bound":1.0e6,"upper_bound":3.0e6},"point_estimate":2.0e6}}"#;

    #[test]
    fn a_bench_becomes_a_line() {
        let row = row(BENCH, ESTIMATES).unwrap();
        let text = report(&[row], "a machine", "abc");
        assert!(
            text.ends_with("| `track/a/640x480` | 2.0000 | 1.0000 | 3.0000 |\n"),
            "{text}"
        );
        assert!(text.contains("a machine, commit abc."));
    }

    #[test]
    fn what_is_no_bench_is_none() {
        assert_eq!(row("{}", ESTIMATES), None);
        assert_eq!(row(BENCH, "{}"), None);
        assert_eq!(row("", ""), None);
    }
}
