//! Runs a program under strace, and fails if it wrote a file, used a socket or shared memory unasked.

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the terminal"
)]

#[cfg(target_os = "linux")]
use moretta_proofs::deeds::{Deed, observe, unasked};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: traced --log FILE [--may PATH]... [--must FILE]... -- PROGRAM [ARGUMENT]...

  --log FILE   where strace writes what it saw
  --may PATH   a file that may be written, or a folder below which files may
  --must FILE  a file that must be seen written, so that a strace which sees nothing cannot pass";

#[derive(Default)]
struct Arguments {
    log: PathBuf,
    may: Vec<PathBuf>,
    must: Vec<PathBuf>,
    command: Vec<String>,
}

impl Arguments {
    fn read(words: impl IntoIterator<Item = String>) -> Option<Arguments> {
        let mut read = Arguments::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut path = || std::path::absolute(words.next()?).ok();
            match word.as_str() {
                "--log" => read.log = path()?,
                "--may" => read.may.push(path()?),
                "--must" => read.must.push(path()?),
                "--" => {
                    read.command = words.collect();
                    break;
                }
                _ => return None,
            }
        }
        (!read.log.as_os_str().is_empty() && !read.command.is_empty()).then_some(read)
    }
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match judge(&arguments) {
        Ok(words) => {
            println!("traced: {words}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("traced: {words}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn judge(_arguments: &Arguments) -> Result<String, String> {
    Err("strace is of Linux".to_owned())
}

#[cfg(target_os = "linux")]
fn judge(arguments: &Arguments) -> Result<String, String> {
    let program = std::path::absolute(&arguments.command[0]).map_err(|e| e.to_string())?;
    // A program that starts itself anew, with other settings, does so by its real name.
    let real = program
        .canonicalize()
        .map_err(|e| format!("{}: {e}", program.display()))?;
    let mut command = std::process::Command::new(&program);
    command.args(&arguments.command[1..]);
    let run = observe(&command, &arguments.log).map_err(|e| e.to_string())?;
    if !run.status.success() {
        return Err(format!("the program ended with {}", run.status));
    }
    let asked = [&arguments.may[..], &arguments.must[..]].concat();
    let unasked = unasked(&run.deeds, &asked, &[program, real]);
    if !unasked.is_empty() {
        let lines: Vec<_> = unasked.iter().map(|deed| format!("\n  {deed}")).collect();
        return Err(format!("unasked:{}", lines.concat()));
    }
    let seen = |path: &PathBuf| run.deeds.contains(&Deed::Wrote(path.clone()));
    if let Some(path) = arguments.must.iter().find(|path| !seen(path)) {
        return Err(format!("control: {} was not seen written", path.display()));
    }
    let writes = run
        .deeds
        .iter()
        .filter(|deed| matches!(deed, Deed::Wrote(_)))
        .count();
    Ok(format!(
        "{writes} files opened for writing, all of them asked for; no socket, no shared memory, no other program"
    ))
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn the_command_line_is_read() {
        let read = |line: &str| Arguments::read(line.split_whitespace().map(str::to_owned));
        let all = read("--log /l --may /a --must /b --may /c -- app --log x").unwrap();
        assert_eq!((all.may.len(), all.must.len()), (2, 1));
        assert_eq!(all.command, ["app", "--log", "x"]);
        for wrong in [
            "",
            "--log /l",
            "--log /l --",
            "-- app",
            "--log",
            "--lag /l -- app",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }
}
