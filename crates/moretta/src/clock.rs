use moretta_frame::{TimeStep, Timeline};

/// Frames further apart than this, in nanoseconds, do not follow each other; as the tracker has it.
const LONGEST_GAP_NS: u64 = 1_000_000_000;

/// Effects count seconds up to here and start over: a step of an `f32` is still below 1 ms.
const ROUND_NS: u64 = 8_192_000_000_000;

/// What effects take for the time: that of the frames and no other, so that the same frames give the same pictures.
#[derive(Debug)]
pub(crate) struct Clock {
    timeline: Timeline,
    start_ns: u64,
}

/// The time of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Seconds since the first frame, or since time jumped; below 8192.
    pub(crate) time_s: f32,
    /// Seconds since the frame before; 0 in the first, and after a jump.
    pub(crate) dt_s: f32,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            timeline: Timeline::new(LONGEST_GAP_NS),
            start_ns: 0,
        }
    }

    /// The time of the frame that was taken at `timestamp_ns`.
    pub(crate) fn tick(&mut self, timestamp_ns: u64) -> Moment {
        let step = self.timeline.step(timestamp_ns);
        if !step.continues() {
            self.start_ns = timestamp_ns;
        }
        let dt_s = match step {
            TimeStep::Forward { dt_ns } => dt_ns as f32 * 1e-9,
            _ => 0.0,
        };
        let since = timestamp_ns.saturating_sub(self.start_ns) % ROUND_NS;
        Moment {
            time_s: (since as f64 * 1e-9) as f32,
            dt_s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_with_the_frames_and_starts_over_when_they_jump() {
        let mut clock = Clock::new();
        let mut tick = |ms: u64| {
            let Moment { time_s, dt_s } = clock.tick(ms * 1_000_000);
            ((time_s * 1000.0).round() as u32, (dt_s * 1000.0).round() as u32)
        };
        assert_eq!(tick(5000), (0, 0), "the first");
        assert_eq!(tick(5033), (33, 33));
        assert_eq!(tick(5033), (33, 0), "the same again");
        assert_eq!(tick(5066), (66, 33));
        assert_eq!(tick(5000), (0, 0), "a step back");
        assert_eq!(tick(5500), (500, 500));
        assert_eq!(tick(7000), (0, 0), "a long gap");
    }

    #[test]
    fn after_hours_it_starts_over_without_a_jump_in_its_steps() {
        let mut clock = Clock::new();
        let mut last = clock.tick(0);
        let frames = 9000 * 2;
        let mut rounds = 0;
        for frame in 1..=frames {
            let now = clock.tick(frame * 500_000_000);
            assert!((now.dt_s - 0.5).abs() < 1e-6);
            assert!(now.time_s < 8192.0);
            rounds += u32::from(now.time_s < last.time_s);
            last = now;
        }
        assert_eq!(rounds, 1);
    }
}
