use std::time::Duration;

use moretta_pack::Quality;

/// How much effects may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualityMode {
    /// Always this.
    Fixed(Quality),
    /// As much as fits: lowered when frames take longer than `budget`, raised when they would fit again.
    Adaptive {
        /// What a frame may take, from the call to its return.
        budget: Duration,
    },
}

impl Default for QualityMode {
    /// All of it.
    fn default() -> Self {
        Self::Fixed(Quality::High)
    }
}

/// Frames over budget, one after the other, before the quality is lowered: a third of a second at 30 frames a second. A
/// single slow frame says nothing.
const PATIENCE_DOWN: u32 = 10;

/// Frames with room to spare, one after the other, before the quality is raised: three seconds. Going up and down in turn
/// is worse to look at than either.
const PATIENCE_UP: u32 = 90;

/// A frame has room to spare if it took less than this share of the budget.
const SPARE: f64 = 0.6;

/// Chooses the quality of the next frame from what the last ones took. It knows times and no face.
#[derive(Debug)]
pub(crate) struct Governor {
    mode: QualityMode,
    quality: Quality,
    over: u32,
    spare: u32,
}

impl Governor {
    pub(crate) fn new(mode: QualityMode) -> Self {
        let quality = match mode {
            QualityMode::Fixed(quality) => quality,
            QualityMode::Adaptive { .. } => Quality::High,
        };
        Self {
            mode,
            quality,
            over: 0,
            spare: 0,
        }
    }

    pub(crate) fn quality(&self) -> Quality {
        self.quality
    }

    /// Learns that a frame took `took`.
    pub(crate) fn learn(&mut self, took: Duration) {
        let QualityMode::Adaptive { budget } = self.mode else {
            return;
        };
        let (over, spare) = (took > budget, took < budget.mul_f64(SPARE));
        self.over = if over { self.over + 1 } else { 0 };
        self.spare = if spare { self.spare + 1 } else { 0 };
        let step = |by: isize| {
            let at = self.quality.index().checked_add_signed(by)?;
            Quality::ALL.get(at).copied()
        };
        let next = if self.over >= PATIENCE_DOWN {
            step(-1)
        } else if self.spare >= PATIENCE_UP {
            step(1)
        } else {
            return;
        };
        (self.over, self.spare) = (0, 0);
        self.quality = next.unwrap_or(self.quality);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Duration = Duration::from_millis(33);
    const SLOW: Duration = Duration::from_millis(50);
    const FAST: Duration = Duration::from_millis(10);
    const FAIR: Duration = Duration::from_millis(30);

    fn adaptive() -> Governor {
        Governor::new(QualityMode::Adaptive { budget: BUDGET })
    }

    fn learn(governor: &mut Governor, took: Duration, frames: u32) -> Quality {
        (0..frames).for_each(|_| governor.learn(took));
        governor.quality()
    }

    #[test]
    fn a_fixed_quality_stays() {
        let mut governor = Governor::new(QualityMode::Fixed(Quality::Medium));
        assert_eq!(learn(&mut governor, SLOW, 1000), Quality::Medium);
        assert_eq!(learn(&mut governor, FAST, 1000), Quality::Medium);
    }

    #[test]
    fn slow_frames_lower_it_step_by_step_and_no_further_than_the_lowest() {
        let mut governor = adaptive();
        assert_eq!(learn(&mut governor, SLOW, PATIENCE_DOWN - 1), Quality::High);
        assert_eq!(learn(&mut governor, SLOW, 1), Quality::Medium);
        assert_eq!(learn(&mut governor, SLOW, PATIENCE_DOWN), Quality::Low);
        assert_eq!(learn(&mut governor, SLOW, 100), Quality::Low);
    }

    #[test]
    fn one_slow_frame_among_others_changes_nothing() {
        let mut governor = adaptive();
        for _ in 0..50 {
            learn(&mut governor, SLOW, PATIENCE_DOWN - 1);
            assert_eq!(learn(&mut governor, FAIR, 1), Quality::High);
        }
    }

    #[test]
    fn fast_frames_raise_it_later_than_slow_ones_lowered_it() {
        let mut governor = adaptive();
        learn(&mut governor, SLOW, 2 * PATIENCE_DOWN);
        assert_eq!(
            learn(&mut governor, FAIR, 1000),
            Quality::Low,
            "within budget, without room"
        );
        assert_eq!(learn(&mut governor, FAST, PATIENCE_UP - 1), Quality::Low);
        assert_eq!(learn(&mut governor, FAST, 1), Quality::Medium);
        assert_eq!(learn(&mut governor, FAST, PATIENCE_UP), Quality::High);
        assert_eq!(learn(&mut governor, FAST, 1000), Quality::High);
    }
}
