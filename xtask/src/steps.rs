//! A row of named steps: the first failure ends it, and the end says what ran, how long, and what did not.

use std::time::{Duration, Instant};

use crate::error::Error;

/// One step: a name for the summary, and what it does.
pub(crate) struct Step<'a> {
    name: &'a str,
    action: Box<dyn FnOnce() -> Result<(), Error> + 'a>,
}

impl<'a> Step<'a> {
    pub(crate) fn new(name: &'a str, action: impl FnOnce() -> Result<(), Error> + 'a) -> Self {
        Self {
            name,
            action: Box::new(action),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.name
    }
}

/// Runs `steps` in order under a heading each, and prints the summary.
///
/// # Errors
/// The error of the first step that fails; those after it do not run.
pub(crate) fn run(title: &str, steps: Vec<Step<'_>>) -> Result<(), Error> {
    let mut summary = Vec::new();
    let mut result = Ok(());
    for step in steps {
        let outcome = if result.is_err() {
            Outcome::NotRun
        } else {
            println!("== {title}: {}", step.name);
            let start = Instant::now();
            result = (step.action)();
            let time = start.elapsed();
            if result.is_ok() {
                Outcome::Ok(time)
            } else {
                Outcome::Failed(time)
            }
        };
        summary.push((step.name, outcome));
    }
    println!("== {title}: summary");
    for line in lines(&summary) {
        println!("{line}");
    }
    result
}

#[derive(Clone, Copy)]
enum Outcome {
    Ok(Duration),
    Failed(Duration),
    NotRun,
}

/// The summary, a line a step, in columns.
fn lines(summary: &[(&str, Outcome)]) -> Vec<String> {
    let width = summary.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |&(name, outcome): &(&str, Outcome)| match outcome {
        Outcome::Ok(time) => format!("{name:width$}  ok       {:7.1} s", time.as_secs_f64()),
        Outcome::Failed(time) => format!("{name:width$}  FAILED   {:7.1} s", time.as_secs_f64()),
        Outcome::NotRun => format!("{name:width$}  not run"),
    };
    summary.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn steps_run_in_order() {
        let ran = RefCell::new(Vec::new());
        let step = |name| {
            let ran = &ran;
            Step::new(name, move || {
                ran.borrow_mut().push(name);
                Ok(())
            })
        };
        assert!(run("test", vec![step("a"), step("b")]).is_ok());
        assert_eq!(*ran.borrow(), ["a", "b"]);
    }

    #[test]
    fn the_first_failure_ends_the_row_and_is_the_result() {
        let ran = RefCell::new(Vec::new());
        let step = |name, violations| {
            let ran = &ran;
            Step::new(name, move || {
                ran.borrow_mut().push(name);
                if violations == 0 {
                    Ok(())
                } else {
                    Err(Error::Dependencies { violations })
                }
            })
        };
        let error = run("test", vec![step("a", 0), step("b", 7), step("c", 8)]).unwrap_err();
        assert!(matches!(error, Error::Dependencies { violations: 7 }), "{error}");
        assert_eq!(*ran.borrow(), ["a", "b"]);
    }

    #[test]
    fn the_summary_names_every_step() {
        let second = Duration::from_millis(1_500);
        let summary = [
            ("setup", Outcome::Ok(second)),
            ("prove", Outcome::Failed(second)),
            ("x", Outcome::NotRun),
        ];
        let expected = [
            "setup  ok           1.5 s",
            "prove  FAILED       1.5 s",
            "x      not run",
        ];
        assert_eq!(lines(&summary), expected);
    }
}
