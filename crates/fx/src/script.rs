//! What happens while an effect runs: settings and taps, each at its time.

use moretta::{Error as SessionError, Session};

use crate::Error;

/// Settings and taps by their time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Script {
    events: Vec<(u64, Event)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Event {
    Set(String, f32),
    Tap,
}

impl Script {
    /// Sets the parameter or the host's trigger `name` at `time_ns`.
    pub(crate) fn set(&mut self, time_ns: u64, name: &str, value: f32) {
        self.add(time_ns, Event::Set(name.to_owned(), value));
    }

    /// Taps at `time_ns`.
    pub(crate) fn tap(&mut self, time_ns: u64) {
        self.add(time_ns, Event::Tap);
    }

    fn add(&mut self, time_ns: u64, event: Event) {
        // What comes at the same time stays in order.
        let place = self.events.partition_point(|(other, _)| *other <= time_ns);
        self.events.insert(place, (time_ns, event));
    }

    /// Adds a setting as the command line has it: `NAME=VALUE`, or `NAME=VALUE@SECONDS`. The value may be `true` or
    /// `false`.
    ///
    /// # Errors
    /// [`Error::Usage`].
    pub(crate) fn parse_set(&mut self, text: &str) -> Result<(), Error> {
        let refused = || {
            Error::Usage(format!(
                "--set {text:?}: NAME=VALUE or NAME=VALUE@SECONDS expected"
            ))
        };
        let (name, rest) = text.split_once('=').ok_or_else(refused)?;
        let (value, time) = match rest.split_once('@') {
            Some((value, time)) => (value, parse_seconds(time).ok_or_else(refused)?),
            None => (rest, 0),
        };
        let value = match value {
            "true" => 1.0,
            "false" => 0.0,
            number => number
                .parse()
                .ok()
                .filter(|it: &f32| it.is_finite())
                .ok_or_else(refused)?,
        };
        if name.is_empty() {
            return Err(refused());
        }
        self.set(time, name, value);
        Ok(())
    }

    /// Begins.
    pub(crate) fn play(&self) -> Playing<'_> {
        Playing {
            rest: self.events.iter(),
        }
    }
}

/// Seconds as the command line has them, in nanoseconds: 0 to a day.
pub(crate) fn parse_seconds(text: &str) -> Option<u64> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=86_400.0)
        .contains(&seconds)
        .then_some((seconds * 1e9).round() as u64)
}

/// A script under way.
pub(crate) struct Playing<'a> {
    rest: std::slice::Iter<'a, (u64, Event)>,
}

impl Playing<'_> {
    /// Does what is due at `time_ns`.
    ///
    /// # Errors
    /// [`Error::Usage`] if the effect has no such input.
    pub(crate) fn up_to(&mut self, time_ns: u64, session: &mut Session) -> Result<(), Error> {
        while let Some((_, event)) = self.rest.as_slice().first().filter(|(due, _)| *due <= time_ns) {
            match event {
                Event::Set(name, value) => session.set(name, *value).map_err(refused)?,
                Event::Tap => session.tap(),
            }
            self.rest.next();
        }
        Ok(())
    }
}

fn refused(error: SessionError) -> Error {
    match error {
        SessionError::Input { .. } | SessionError::Value { .. } => Error::Usage(error.to_string()),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_a_name_a_value_and_perhaps_a_time() {
        let mut script = Script::default();
        for text in ["blush=0.5", "hat=true@1.5", "hat=false@0.25", "x=-2e1@0"] {
            script.parse_set(text).unwrap();
        }
        let set = |name: &str, value| Event::Set(name.to_owned(), value);
        assert_eq!(
            script.events,
            [
                (0, set("blush", 0.5)),
                (0, set("x", -20.0)),
                (250_000_000, set("hat", 0.0)),
                (1_500_000_000, set("hat", 1.0)),
            ]
        );
        for text in [
            "",
            "blush",
            "=1",
            "blush=",
            "blush=a",
            "blush=nan",
            "blush=inf",
            "blush=1@",
            "blush=1@-1",
            "a=1@1e9",
        ] {
            assert!(matches!(script.parse_set(text), Err(Error::Usage(_))), "{text}");
        }
    }

    #[test]
    fn seconds_are_rounded_to_nanoseconds() {
        assert_eq!(parse_seconds("0.1"), Some(100_000_000));
        assert_eq!(parse_seconds("2"), Some(2_000_000_000));
        for text in ["", "-0.1", "nan", "inf", "86401", "1s"] {
            assert_eq!(parse_seconds(text), None, "{text}");
        }
    }
}
