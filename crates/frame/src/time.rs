/// How the time of one frame lies to the time of the frame before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeStep {
    /// The first frame, or the first since a [`reset`](Timeline::reset): there is none before.
    First,
    /// The same time again: the same frame, or a source that does not tell time.
    Same,
    /// Later, by a time in which what was seen before still helps.
    Forward {
        /// How much later, in nanoseconds; not zero.
        dt_ns: u64,
    },
    /// Later by more than the longest gap: a pause, or a source that jumped. What was seen before may be
    /// anywhere.
    Jump {
        /// How much later, in nanoseconds.
        dt_ns: u64,
    },
    /// Earlier: the source was restarted, or its frames came out of order. What was seen before lies in the
    /// future.
    Back,
}

impl TimeStep {
    /// Whether what is remembered of the frame before says something of this one: not after a step back or a
    /// jump, and not of the first frame.
    pub const fn continues(self) -> bool {
        matches!(self, Self::Same | Self::Forward { .. })
    }
}

/// The order of frames in time, as their timestamps tell it. No other clock is asked, so the same frames give
/// the same steps whenever they are played.
#[derive(Clone, Copy, Debug)]
pub struct Timeline {
    longest_gap_ns: u64,
    last_ns: Option<u64>,
}

impl Timeline {
    /// A timeline before its first frame, on which frames up to `longest_gap_ns` nanoseconds apart follow
    /// each other and others are a [jump](TimeStep::Jump) apart.
    pub const fn new(longest_gap_ns: u64) -> Self {
        Self {
            longest_gap_ns,
            last_ns: None,
        }
    }

    /// The step to the frame of time `timestamp_ns`, from which the next one counts, even if it led back.
    pub const fn step(&mut self, timestamp_ns: u64) -> TimeStep {
        let last_ns = self.last_ns.replace(timestamp_ns);
        let Some(last_ns) = last_ns else {
            return TimeStep::First;
        };
        let Some(dt_ns) = timestamp_ns.checked_sub(last_ns) else {
            return TimeStep::Back;
        };
        if dt_ns == 0 {
            TimeStep::Same
        } else if dt_ns <= self.longest_gap_ns {
            TimeStep::Forward { dt_ns }
        } else {
            TimeStep::Jump { dt_ns }
        }
    }

    /// Forgets the last frame: the next one is the first.
    pub const fn reset(&mut self) {
        self.last_ns = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_told_from_the_frame_before() {
        let mut timeline = Timeline::new(100);
        for (timestamp_ns, step) in [
            (1000, TimeStep::First),
            (1000, TimeStep::Same),
            (1001, TimeStep::Forward { dt_ns: 1 }),
            (1101, TimeStep::Forward { dt_ns: 100 }),
            (1202, TimeStep::Jump { dt_ns: 101 }),
            (1201, TimeStep::Back),
            // Counted from where the step back led, not from the latest.
            (1203, TimeStep::Forward { dt_ns: 2 }),
            (0, TimeStep::Back),
            (u64::MAX, TimeStep::Jump { dt_ns: u64::MAX }),
        ] {
            assert_eq!(timeline.step(timestamp_ns), step);
        }
        timeline.reset();
        assert_eq!(timeline.step(0), TimeStep::First);
    }

    #[test]
    fn only_what_follows_continues() {
        let (same, forward) = (TimeStep::Same, TimeStep::Forward { dt_ns: 1 });
        assert!(same.continues() && forward.continues());
        for step in [TimeStep::First, TimeStep::Jump { dt_ns: 1 }, TimeStep::Back] {
            assert!(!step.continues(), "{step:?}");
        }
    }
}
