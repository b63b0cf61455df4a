//! Running other programs: their output streams through, their exit status counts.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Runs `command` with this terminal's input and output.
///
/// # Errors
/// [`Error::Start`] if it cannot start, [`Error::Failed`] if it does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let line = line(command);
    let status = command.status().map_err(|source| Error::Start {
        command: line.clone(),
        source,
    })?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            command: line,
            code: status.code(),
        })
    }
}

/// Runs `command` and returns what it printed; its errors go to this terminal.
///
/// # Errors
/// As [`run`], and [`Error::Malformed`] if the output is not UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String, Error> {
    told(command, false)
}

/// As [`output`], and prints it here too, also if the program fails.
///
/// # Errors
/// As [`output`].
pub(crate) fn shown(command: &mut Command) -> Result<String, Error> {
    told(command, true)
}

fn told(command: &mut Command, show: bool) -> Result<String, Error> {
    let line = line(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            command: line.clone(),
            source,
        })?;
    if show {
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    if !output.status.success() {
        return Err(Error::Failed {
            command: line,
            code: output.status.code(),
        });
    }
    String::from_utf8(output.stdout).map_err(|error| Error::Malformed {
        what: line,
        expected: "UTF-8 output",
        found: error.to_string(),
    })
}

/// Whether `command` starts and succeeds; it says nothing on this terminal.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program called `name` lies in a folder of PATH.
pub(crate) fn on_path(name: &str) -> bool {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| is_program(&folder.join(&file))))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The command as a user would type it, without the folder of the program.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![
        program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_string_lossy(),
    ];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::cargo;

    #[test]
    fn what_a_program_prints_is_returned() {
        assert!(output(cargo().arg("--version")).unwrap().starts_with("cargo "));
    }

    #[test]
    #[cfg(unix)]
    fn a_program_that_succeeds_is_ok() {
        assert!(run(&mut Command::new("true")).is_ok());
        assert!(succeeds(&mut Command::new("true")));
    }

    #[test]
    #[cfg(unix)]
    fn a_program_that_fails_names_itself_and_its_status() {
        let error = run(Command::new("/bin/false").args(["--with", "words"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`false --with words` failed with exit status 1"
        );
        assert!(output(&mut Command::new("false")).is_err());
        assert!(!succeeds(&mut Command::new("false")));
    }

    #[test]
    fn a_program_that_is_not_there_cannot_start() {
        let error = run(&mut Command::new("/nowhere/moretta")).unwrap_err();
        assert!(matches!(error, Error::Start { .. }), "{error}");
    }

    #[test]
    fn only_programs_are_found_on_path() {
        assert!(on_path("rustc"));
        assert!(!on_path("moretta-no-such-program"));
    }
}
