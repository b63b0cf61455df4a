//! Expectations: read, compared, told.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use crate::error::EvalError;

/// Counts what is as expected and what is not.
#[derive(Default)]
pub(crate) struct Judge {
    passed: u32,
    failed: u32,
}

impl Judge {
    /// Says how far from the golden `name` something is. What was not measured at all fails.
    #[expect(
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "printing the line is what this is for"
    )]
    pub(crate) fn golden(&mut self, name: &str, measured: Result<f64, EvalError>, tolerance: f64) {
        let (line, passed) = line(name, &measured, tolerance);
        println!("{line}");
        if let Err(error) = measured {
            eprintln!("{name}: {error}");
        }
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Says how many of each there were. Nothing judged is no success.
    #[expect(clippy::print_stdout, reason = "printing the line is what this is for")]
    pub(crate) fn summary(&self) -> ExitCode {
        println!("conformance: {} passed, {} failed", self.passed, self.failed);
        if self.is_good() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

/// The line of a golden, and whether it is as expected. Written so that a NaN is not.
fn line(name: &str, measured: &Result<f64, EvalError>, tolerance: f64) -> (String, bool) {
    let mut line = format!("GOLDEN {name} measured=");
    let passed = match measured {
        Ok(measured) => {
            write_number(&mut line, *measured);
            *measured <= tolerance
        }
        Err(_) => {
            line.push_str("none");
            false
        }
    };
    line.push_str(" tolerance=");
    write_number(&mut line, tolerance);
    line.push_str(if passed { " ok" } else { " fail" });
    (line, passed)
}

/// Four digits that matter.
fn write_number(line: &mut String, number: f64) {
    let written = if number == 0.0 || (1e-3..1e4).contains(&number.abs()) {
        let digits = if number == 0.0 {
            0
        } else {
            (3 - number.abs().log10().floor() as i32).clamp(0, 6)
        };
        let text = format!("{number:.*}", digits as usize);
        let short = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        line.write_str(short)
    } else {
        write!(line, "{number:.2e}")
    };
    written.expect("a string takes what is written to it");
}

/// The text of a golden file.
pub(crate) fn read(path: &Path) -> Result<String, EvalError> {
    fs::read_to_string(path).map_err(|source| EvalError::Read {
        path: path.to_owned(),
        source,
    })
}

/// A golden file in JSON.
pub(crate) fn read_json(path: &Path) -> Result<Value, EvalError> {
    serde_json::from_str(&read(path)?)
        .map_err(|error| EvalError::malformed(path.display().to_string(), "JSON", error.to_string()))
}

/// The values of each line `name: value` of a text proto, of which there have to be `count`.
pub(crate) fn proto_numbers(path: &Path, name: &str, count: usize) -> Result<Vec<f32>, EvalError> {
    let text = read(path)?;
    let values = text.lines().filter_map(|line| {
        let value = line.trim().strip_prefix(name)?.strip_prefix(": ")?;
        Some(value.parse::<f32>())
    });
    let refused = |found| EvalError::malformed(format!("{}, {name}", path.display()), "numbers", found);
    let values: Vec<_> = values
        .collect::<Result<_, _>>()
        .map_err(|error| refused(error.to_string()))?;
    if values.len() == count {
        Ok(values)
    } else {
        Err(refused(format!("{} of {count}", values.len())))
    }
}

/// The numbers of a JSON array, however nested, of which there have to be `count`.
pub(crate) fn json_numbers(value: &Value, what: &str, count: usize) -> Result<Vec<f32>, EvalError> {
    fn collect(value: &Value, numbers: &mut Vec<f32>) {
        match value {
            Value::Array(values) => values.iter().for_each(|it| collect(it, numbers)),
            Value::Number(number) => numbers.extend(number.as_f64().map(|it| it as f32)),
            _ => {}
        }
    }
    let mut numbers = Vec::new();
    collect(value, &mut numbers);
    if numbers.len() == count {
        Ok(numbers)
    } else {
        let found = format!("{} of {count}", numbers.len());
        Err(EvalError::malformed(what, "numbers", found))
    }
}

/// The largest difference of two lists. They have to be as long as each other; a NaN in either is the result.
pub(crate) fn largest_difference(
    found: impl IntoIterator<Item = f32>,
    expected: impl IntoIterator<Item = f32>,
) -> f64 {
    let (mut found, mut expected) = (found.into_iter(), expected.into_iter());
    let mut largest = 0.0f64;
    loop {
        match (found.next(), expected.next()) {
            (None, None) => return largest,
            (Some(found), Some(expected)) => {
                let difference = f64::from((found - expected).abs());
                // `max` would pass over a NaN.
                if difference.is_nan() || difference > largest {
                    largest = difference;
                }
                if largest.is_nan() {
                    return largest;
                }
            }
            _ => return f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(measured: f64, tolerance: f64) -> (String, bool) {
        line("x", &Ok(measured), tolerance)
    }

    #[test]
    fn what_is_within_its_tolerance_passes_and_nothing_else() {
        assert_eq!(
            judged(0.02, 0.03),
            ("GOLDEN x measured=0.02 tolerance=0.03 ok".to_owned(), true)
        );
        assert!(judged(5.0, 5.0).1);
        assert_eq!(
            judged(5.01, 5.0),
            ("GOLDEN x measured=5.01 tolerance=5 fail".to_owned(), false)
        );
        assert!(judged(0.0, 0.0).1);
        assert!(!judged(f64::NAN, 5.0).1);
        assert!(!judged(f64::INFINITY, 5.0).1);
        let missing = line("x", &Err(EvalError::malformed("x", "a golden", "none")), 5.0);
        assert_eq!(
            missing,
            ("GOLDEN x measured=none tolerance=5 fail".to_owned(), false)
        );
    }

    #[test]
    fn numbers_are_short() {
        let text = |number| {
            let mut line = String::new();
            write_number(&mut line, number);
            line
        };
        for (number, expected) in [
            (0.0, "0"),
            (5.0, "5"),
            (1234.5, "1234"),
            (100.0, "100"),
            (0.021_753, "0.02175"),
            (4.5e-5, "4.50e-5"),
            (-0.25, "-0.25"),
        ] {
            assert_eq!(text(number), expected);
        }
    }

    #[test]
    fn one_failure_or_nothing_at_all_is_no_success() {
        let mut judge = Judge::default();
        assert!(!judge.is_good(), "nothing was judged");
        judge.golden("a", Ok(1.0), 2.0);
        assert!(judge.is_good());
        judge.golden("b", Ok(3.0), 2.0);
        assert!(!judge.is_good());
        judge.golden("c", Ok(1.0), 2.0);
        assert!(!judge.is_good(), "later ones change nothing");
    }

    #[test]
    fn the_largest_difference_sees_lengths_and_what_is_no_number() {
        assert_eq!(largest_difference([1.0, 5.0], [1.5, 3.0]), 2.0);
        assert!(largest_difference([1.0], [1.0, 2.0]).is_nan());
        assert!(largest_difference([1.0, 2.0], [1.0]).is_nan());
        assert!(largest_difference([f32::NAN, 2.0], [1.0, 2.0]).is_nan());
        assert!(largest_difference([2.0, f32::NAN, 9.0], [1.0, 2.0, 2.0]).is_nan());
    }

    #[test]
    fn a_missing_golden_is_an_error() {
        let missing = Path::new("no such file");
        assert!(read_json(missing).is_err());
        assert!(proto_numbers(missing, "x", 1).is_err());
        assert!(json_numbers(&Value::Null, "x", 1).is_err());
        assert_eq!(
            json_numbers(&serde_json::json!([[1, 2], [3.5]]), "x", 3).unwrap(),
            [1.0, 2.0, 3.5]
        );
    }
}
