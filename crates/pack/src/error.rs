//! What can be wrong with a pack, and what is only odd. A pack holds nothing of a face, so neither does a message.

use core::fmt;

use moretta_lang::ProgramError;

/// Where in a pack something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path of the file in the pack, or what is read as a whole (`the .mask file`).
    pub file: String,
    /// A JSON pointer (RFC 6901) into the file: empty for the file itself and for what is no JSON.
    pub pointer: String,
}

impl Place {
    pub(crate) fn file(file: &str) -> Self {
        Self::new(file, String::new())
    }

    pub(crate) fn new(file: &str, pointer: String) -> Self {
        let file = file.to_owned();
        Self { file, pointer }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both are the pack's own text, which has no say over a terminal.
        let text = |text: &str| {
            text.escape_debug()
                .to_string()
                .replace("\\\"", "\"")
                .replace("\\'", "'")
        };
        f.write_str(&text(&self.file))?;
        if self.pointer.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", text(&self.pointer))
    }
}

/// Why a pack is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The container or the set of files breaks a rule: a path, a duplicate, an encrypted entry, broken bytes.
    #[error("{place}: {expected} expected, {found} found")]
    Container {
        /// The entry or the whole.
        place: Place,
        /// What is allowed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Something is larger than the format allows, see [`limits`](crate::limits), or than the pack's own budget.
    #[error("{place}: at most {expected} {what} expected, {found} found")]
    TooMany {
        /// What is too large.
        place: Place,
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        expected: u64,
        /// How many there are, or how many were counted before reading stopped.
        found: u64,
    },
    /// The manifest is no JSON.
    #[error("{place}: line {line}, column {column}: {expected} expected, {found} found")]
    Json {
        /// The file.
        place: Place,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The pack is for another version of the format or of the engine.
    #[error("{place}: {expected} expected, {found} found")]
    Version {
        /// Where it says so.
        place: Place,
        /// What this reader reads.
        expected: String,
        /// What the pack asks for.
        found: String,
    },
    /// The manifest says something that it may not: a wrong type, a missing key, a number out of its range, a name that
    /// nothing has.
    #[error("{place}: {expected} expected, {found} found")]
    Manifest {
        /// Where.
        place: Place,
        /// What may stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A file of the pack is not what the manifest says, or broken.
    #[error("{place}: {expected} expected, {found} found")]
    Asset {
        /// The file, and the place in it if it is JSON.
        place: Place,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The numbers of the pack make no program, mostly for being too many.
    #[error("{place}: {source}")]
    Program {
        /// The manifest.
        place: Place,
        /// What the language's verifier found.
        source: ProgramError,
    },
}

impl PackError {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::Container { place, .. }
            | Self::TooMany { place, .. }
            | Self::Json { place, .. }
            | Self::Version { place, .. }
            | Self::Manifest { place, .. }
            | Self::Asset { place, .. }
            | Self::Program { place, .. } => place,
        }
    }
}

/// Something in a pack that is odd, and that the reader did without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What may stand there.
    pub expected: String,
    /// What stands there, and what became of it.
    pub found: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            expected,
            found,
        } = self;
        write!(f, "{place}: {expected} expected, {found} found")
    }
}

/// Text of a pack as a message shows it: quoted, escaped, cut.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().nth(SHOWN).is_none() {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start:?}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_without_its_control_characters_and_cut() {
        assert_eq!(quoted("ear"), r#""ear""#);
        assert_eq!(quoted("a\u{1b}[31m\n\""), r#""a\u{1b}[31m\n\"""#);
        assert_eq!(quoted(&"x".repeat(41)), format!("\"{}\"...", "x".repeat(40)));
        assert_eq!(quoted(&"x".repeat(40)), format!("\"{}\"", "x".repeat(40)));
    }

    #[test]
    fn a_place_says_its_file_and_pointer() {
        assert_eq!(Place::file("ear.png").to_string(), "ear.png");
        let place = Place::new("effect.json", "/nodes/0".to_owned());
        assert_eq!(place.to_string(), "effect.json: /nodes/0");
        let place = Place::new("effect.json", "/\u{1b}[31m'\"".to_owned());
        assert_eq!(place.to_string(), r#"effect.json: /\u{1b}[31m'""#);
    }
}
