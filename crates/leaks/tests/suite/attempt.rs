//! What makes an attempt worth its place.

use std::collections::BTreeSet;

/// An attempt to leak, and what belongs to it.
pub(crate) struct Attempt {
    /// Group and name.
    pub(crate) place: String,
    pub(crate) source: String,
    /// The compiler's words, if they were written down.
    pub(crate) words: Option<String>,
    /// The twin's function, if there is one.
    pub(crate) twin: Option<String>,
}

/// Why an attempt proves nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The first line does not say what would leak.
    NoTitle,
    /// There are no words to compare with: trybuild would let any failure pass.
    NoWords,
    /// The compiler found this many errors: the leak may not be among them.
    Errors(usize),
    /// The compiler also warned, so there is something else in the attempt than its leak.
    Warning,
    /// The code of an error that misspelt or incomplete lines have.
    Slip(String),
    /// The words quote the standard library's source, which not every machine has.
    QuotesTheLibrary,
    /// There is no function of the same name that does it rightly.
    NoTwin,
    /// A line that the compiler does not object to, and that the twin does not have.
    NotInTheTwin(String),
    /// The same code as an earlier attempt's.
    Repeats(String),
}

/// What a slip of the pen looks like: names, paths, fields and types that do not exist, traits with missing or unknown
/// items, wrong numbers of arguments.
const SLIPS: [&str; 13] = [
    "E0046", "E0050", "E0061", "E0107", "E0282", "E0405", "E0407", "E0412", "E0425", "E0432", "E0433",
    "E0560", "E0609",
];

/// Attempts that are meant to fail like a slip.
const EXCUSED: [(&str, &str, &str); 1] = [(
    "buffer/view_without_access",
    "E0061",
    "the argument left out is the leave to look",
)];

impl Attempt {
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let title = self
            .source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//! "));
        if title.is_none() {
            faults.push(Fault::NoTitle);
        }
        if self.twin.is_none() {
            faults.push(Fault::NoTwin);
        }
        let Some(words) = &self.words else {
            faults.push(Fault::NoWords);
            return faults;
        };
        faults.extend(self.faults_in_words(words));
        if let Some(twin) = &self.twin {
            faults.extend(self.faults_beside(twin, &pointed_at(words)));
        }
        faults
    }

    fn faults_in_words(&self, words: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let errors: Vec<_> = words.lines().filter(|line| line.starts_with("error")).collect();
        if errors.len() != 1 {
            faults.push(Fault::Errors(errors.len()));
        }
        if words.lines().any(|line| line.starts_with("warning")) {
            faults.push(Fault::Warning);
        }
        if words.contains("$RUST") {
            faults.push(Fault::QuotesTheLibrary);
        }
        let codes = errors.iter().filter_map(|line| line.get(6..11));
        let slips = codes.filter(|code| SLIPS.contains(code));
        let unexcused = slips.filter(|code| {
            !EXCUSED
                .iter()
                .any(|(place, excused, _)| *place == self.place && excused == code)
        });
        faults.extend(unexcused.map(|code| Fault::Slip(code.to_owned())));
        faults
    }

    /// Everything but what the compiler points at, the imports and the frame must stand in the twin too.
    fn faults_beside(&self, twin: &str, pointed_at: &BTreeSet<usize>) -> Vec<Fault> {
        let twin: BTreeSet<_> = twin.lines().map(str::trim).collect();
        let own = |line: &str| {
            !line.contains(char::is_alphanumeric)
                || line == "fn main() {"
                || ["//", "use ", "#!["].iter().any(|start| line.starts_with(start))
        };
        (1..)
            .zip(self.source.lines().map(str::trim))
            .filter(|(number, line)| !own(line) && !pointed_at.contains(number) && !twin.contains(line))
            .map(|(_, line)| Fault::NotInTheTwin(line.to_owned()))
            .collect()
    }

    /// The source without its comments.
    pub(crate) fn code(&self) -> String {
        let lines = self.source.lines().map(str::trim);
        lines.filter(|line| !line.starts_with("//")).collect()
    }
}

/// The numbers of the lines of the attempt that the error itself, not its notes, shows.
fn pointed_at(words: &str) -> BTreeSet<usize> {
    let error = words
        .lines()
        .take_while(|line| !line.starts_with("note:") && !line.starts_with("help:"));
    error
        .filter_map(|line| line.split_once('|')?.0.trim().parse().ok())
        .collect()
}

/// The names of the twins in a group's file.
pub(crate) fn twins(file: &str) -> Vec<String> {
    let lines: Vec<_> = file.lines().collect();
    let tests = lines.windows(2).filter(|pair| pair[0] == "#[test]");
    tests
        .filter_map(|pair| Some(pair[1].strip_prefix("fn ")?.strip_suffix("() {")?.to_owned()))
        .collect()
}

/// The function of one twin.
pub(crate) fn twin(file: &str, name: &str) -> Option<String> {
    let start = file.find(&format!("\nfn {name}() {{\n"))? + 1;
    let length = file[start..].find("\n}\n")?;
    Some(file[start..start + length + 2].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "\
error[E0308]: mismatched types
 --> tests/fail/value/example.rs:5:21
  |
5 |     let exit: f32 = yaw;
  |               ---   ^^^ expected `f32`, found `Num<'_>`
";

    fn good() -> Attempt {
        let twins = "use x;\n\n#[test]\nfn example() {\n    let yaw = name();\n    let exit = yaw;\n}\n";
        Attempt {
            place: "value/example".to_owned(),
            source: "//! A leak.\n\nfn main() {\n    let yaw = name();\n    let exit: f32 = yaw;\n}\n"
                .to_owned(),
            words: Some(WORDS.to_owned()),
            twin: twin(twins, "example"),
        }
    }

    fn with_words(change: impl Fn(&str) -> String) -> Vec<Fault> {
        let words = Some(change(WORDS));
        Attempt { words, ..good() }.faults()
    }

    #[test]
    fn a_good_attempt_has_no_fault() {
        assert_eq!(good().faults(), []);
    }

    #[test]
    fn missing_parts_are_faults() {
        let title = Attempt {
            source: good().source.replace("//! A", "// A"),
            ..good()
        };
        assert_eq!(title.faults(), [Fault::NoTitle]);
        let words = Attempt {
            words: None,
            ..good()
        };
        assert_eq!(words.faults(), [Fault::NoWords]);
        let twin = Attempt { twin: None, ..good() };
        assert_eq!(twin.faults(), [Fault::NoTwin]);
    }

    #[test]
    fn words_that_say_too_much_or_nothing_are_faults() {
        assert_eq!(with_words(|w| format!("{w}\n{w}")), [Fault::Errors(2)]);
        assert_eq!(
            with_words(|w| w.replace("error[E0308]", "note")),
            [
                Fault::Errors(0),
                Fault::NotInTheTwin("let exit: f32 = yaw;".to_owned())
            ]
        );
        assert_eq!(with_words(|w| format!("warning: unused\n{w}")), [Fault::Warning]);
        let library = "note: required by a bound\n --> $RUST/core/src/num.rs\n";
        assert_eq!(
            with_words(|w| format!("{w}\n{library}")),
            [Fault::QuotesTheLibrary]
        );
    }

    #[test]
    fn slips_are_faults_unless_excused() {
        let slip = |code: &str| with_words(|w| w.replace("E0308", code));
        for code in SLIPS {
            assert_eq!(slip(code), [Fault::Slip(code.to_owned())]);
        }
        for (place, code, reason) in EXCUSED {
            let place = place.to_owned();
            let words = Some(WORDS.replace("E0308", code));
            assert_eq!(
                Attempt {
                    place,
                    words,
                    ..good()
                }
                .faults(),
                []
            );
            assert!(!reason.is_empty());
        }
    }

    #[test]
    fn lines_that_the_twin_lacks_are_faults() {
        let source = good().source.replace("name()", "nmae()");
        assert_eq!(
            Attempt { source, ..good() }.faults(),
            [Fault::NotInTheTwin("let yaw = nmae();".to_owned())]
        );
        // A note's lines are no excuse: they show where something else is defined.
        let note = "note: defined here\n  |\n4 |     let yaw = name();\n";
        let source = good().source.replace("name()", "nmae()");
        let words = Some(format!("{WORDS}{note}"));
        assert_eq!(
            Attempt {
                source,
                words,
                ..good()
            }
            .faults(),
            [Fault::NotInTheTwin("let yaw = nmae();".to_owned())]
        );
    }

    #[test]
    fn twins_are_found_by_name() {
        let file =
            "#[test]\nfn one() {\n    a();\n}\n\nfn helper() {\n}\n\n#[test]\nfn two() {\n    b();\n}\n";
        assert_eq!(twins(file), ["one", "two"]);
        assert_eq!(
            twin(file, "two").as_deref(),
            Some("fn two() {\n    b();\n}\n".trim_end())
        );
        assert_eq!(twin(file, "three"), None);
    }
}
