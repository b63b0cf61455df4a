//! What frames took, stage by stage.

use std::fmt;
use std::time::{Duration, Instant};

use moretta::Times;

/// The times of a row of frames.
#[derive(Debug)]
pub(crate) struct Stages {
    start: Instant,
    track: Vec<Duration>,
    draw: Vec<Duration>,
    whole: Vec<Duration>,
}

impl Stages {
    /// A row that begins now, with room for `frames`.
    pub(crate) fn start(frames: usize) -> Self {
        let room = || Vec::with_capacity(frames);
        Self {
            start: Instant::now(),
            track: room(),
            draw: room(),
            whole: room(),
        }
    }

    pub(crate) fn learn(&mut self, times: Times) {
        self.track.push(times.track);
        self.draw.push(times.draw);
        self.whole.push(times.whole);
    }

    pub(crate) fn frames(&self) -> usize {
        self.whole.len()
    }

    /// The row's end: sorted, for [`fmt::Display`].
    pub(crate) fn end(self) -> Summary {
        let took = self.start.elapsed();
        let frames = self.frames();
        let rows = [("track", self.track), ("draw", self.draw), ("whole", self.whole)];
        Summary {
            frames,
            took,
            rows: rows.map(|(name, mut times)| {
                times.sort_unstable();
                (name, times)
            }),
        }
    }
}

/// A table of what frames took.
#[derive(Debug)]
pub(crate) struct Summary {
    frames: usize,
    took: Duration,
    rows: [(&'static str, Vec<Duration>); 3],
}

impl Summary {
    pub(crate) fn frames_per_second(&self) -> f64 {
        self.frames as f64 / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} frames in {:.1} s, source and export included: {:.1} frames a second",
            self.frames,
            self.took.as_secs_f64(),
            self.frames_per_second()
        )?;
        write!(
            f,
            "{:8}{:>10}{:>10}{:>10}{:>10}  ms",
            "stage", "least", "median", "95 %", "most"
        )?;
        for (name, times) in &self.rows {
            write!(f, "\n{name:8}")?;
            for share in [0.0, 0.5, 0.95, 1.0] {
                write!(f, "{:10.2}", percentile(times, share).as_secs_f64() * 1e3)?;
            }
        }
        Ok(())
    }
}

/// The time that `share` of the sorted `times` do not exceed; zero of none.
fn percentile(times: &[Duration], share: f64) -> Duration {
    let at = (share * times.len() as f64).ceil() as usize;
    times.get(at.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_times_themselves() {
        let times: Vec<_> = (1..=20).map(Duration::from_millis).collect();
        let ms = |share| percentile(&times, share).as_millis();
        assert_eq!([ms(0.0), ms(0.5), ms(0.95), ms(1.0)], [1, 10, 19, 20]);
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
        assert_eq!(percentile(&times[..1], 0.95), Duration::from_millis(1));
    }

    #[test]
    fn the_table_has_a_row_a_stage() {
        let mut stages = Stages::start(2);
        stages.learn(Times::default());
        stages.learn(Times::default());
        let text = stages.end().to_string();
        let first = text
            .lines()
            .map(|line| line.split_whitespace().next().unwrap_or_default());
        assert_eq!(
            first.collect::<Vec<_>>(),
            ["2", "stage", "track", "draw", "whole"]
        );
    }
}
