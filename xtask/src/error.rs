//! The one error of this crate.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a command failed. What the user can do about it is in the message.
///
/// Written out by hand: thiserror would double the time that `xtask` takes to build.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum Error {
    /// A program could not be started at all.
    Start { command: String, source: io::Error },
    /// A program ran and failed; `code` is `None` where a signal ended it.
    Failed { command: String, code: Option<i32> },
    /// A file or folder could not be read.
    Read { path: PathBuf, source: io::Error },
    /// A file or folder could not be written.
    Write { path: PathBuf, source: io::Error },
    /// A file, or the answer of a program, is not what it should be.
    Malformed {
        what: String,
        expected: &'static str,
        found: String,
    },
    /// The named tools are missing and could not be installed; `advice` says how to.
    Missing {
        tools: Vec<&'static str>,
        advice: String,
    },
    /// `check-deps` found this many violations, which it has already listed.
    Dependencies { violations: usize },
}

impl Error {
    /// The exit status of `cargo xtask`: that of the program that failed, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Failed { code: Some(code), .. } => {
                u8::try_from(*code).ok().filter(|&code| code != 0).unwrap_or(1)
            }
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { command, source } => write!(f, "cannot start `{command}`: {source}"),
            Self::Failed {
                command,
                code: Some(code),
            } => write!(f, "`{command}` failed with exit status {code}"),
            Self::Failed { command, code: None } => write!(f, "`{command}` was ended by a signal"),
            Self::Read { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Self::Write { path, source } => write!(f, "cannot write {}: {source}", path.display()),
            Self::Malformed {
                what,
                expected,
                found,
            } => write!(f, "{what}: expected {expected}, found {found}"),
            Self::Missing { tools, advice } => write!(f, "missing: {}\n{advice}", tools.join(", ")),
            Self::Dependencies { violations } => write!(f, "dependency violations: {violations}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start { source, .. } | Self::Read { source, .. } | Self::Write { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_follows_the_program_and_is_never_success() {
        let failed = |code| Error::Failed {
            command: "prove".to_owned(),
            code,
        };
        assert_eq!(failed(Some(3)).exit_code(), 3);
        assert_eq!(failed(Some(0)).exit_code(), 1);
        assert_eq!(failed(Some(-1)).exit_code(), 1);
        assert_eq!(failed(None).exit_code(), 1);
        assert_eq!(Error::Dependencies { violations: 2 }.exit_code(), 1);
    }
}
