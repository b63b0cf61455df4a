//! When the next frame is due, and how many come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Frames of files are shown at their own pace: none is shown before its time, and what is late is not made up for.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    due: Option<Instant>,
}

/// Who is later than this begins anew: a window that was dragged about, a machine that slept.
const LATE: Duration = Duration::from_millis(200);

impl Pace {
    /// How long until the next frame is due.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.due
            .map_or(Duration::ZERO, |due| due.saturating_duration_since(now))
    }

    /// A frame was shown `now`, and the next follows after `gap`.
    pub(crate) fn step(&mut self, now: Instant, gap: Duration) {
        let due = self.due.unwrap_or(now);
        let on_time = now.saturating_duration_since(due) < LATE;
        let base = if on_time { due } else { now };
        self.due = Some(base + gap);
    }
}

/// How many frames a second there were of late.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    ends: VecDeque<Instant>,
}

/// Over how many frames the rate is taken.
const FRAMES: usize = 30;

impl Rate {
    pub(crate) fn learn(&mut self, now: Instant) {
        if self.ends.len() > FRAMES {
            self.ends.pop_front();
        }
        self.ends.push_back(now);
    }

    /// 0 until there were two.
    pub(crate) fn per_second(&self) -> f64 {
        match (self.ends.front(), self.ends.back()) {
            (Some(first), Some(last)) if last > first => {
                (self.ends.len() - 1) as f64 / last.duration_since(*first).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(40);

    #[test]
    fn frames_keep_their_distance_whatever_drawing_takes() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.left(start), Duration::ZERO, "the first is due at once");
        for frame in 0..100 {
            // Each is shown a little late.
            let shown = start + GAP * frame + Duration::from_millis(u64::from(frame % 7));
            pace.step(shown, GAP);
            assert_eq!(
                pace.left(shown),
                GAP - Duration::from_millis(u64::from(frame % 7))
            );
        }
    }

    #[test]
    fn what_is_far_too_late_is_not_made_up_for() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.step(start, GAP);
        let late = start + Duration::from_secs(5);
        assert_eq!(pace.left(late), Duration::ZERO);
        pace.step(late, GAP);
        assert_eq!(pace.left(late), GAP);
    }

    #[test]
    fn the_rate_is_that_of_the_last_frames() {
        let start = Instant::now();
        let mut rate = Rate::default();
        rate.learn(start);
        assert_eq!(rate.per_second(), 0.0);
        (1..=10).for_each(|frame| rate.learn(start + GAP * frame));
        assert!((rate.per_second() - 25.0).abs() < 1e-6);
        (1..=100).for_each(|frame| rate.learn(start + GAP * 10 + GAP / 2 * frame));
        assert!((rate.per_second() - 50.0).abs() < 1e-6);
    }
}
