use std::time::Duration;

use moretta_pack::Quality;

/// How long a frame took, by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Times {
    /// Finding and measuring faces; zero if no effect needs them.
    pub track: Duration,
    /// Evaluating the effect, and drawing, to the end of the device's work if the picture goes to memory.
    pub draw: Duration,
    /// What the device's passes took by its own clock, of a frame shortly before, as it tells late; zero unless
    /// [`GpuOptions::timestamps`](crate::GpuOptions::timestamps) asks for it and the adapter has it.
    pub device: Duration,
    /// From the call to its return, waking, waiting and wiping included; of a submitted frame what the stages took.
    pub whole: Duration,
}

/// What a session counts and measures. It holds no face data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Frames that came to an end.
    pub frames: u64,
    /// Frames that ended with an error.
    pub failed: u64,
    /// Submitted frames that gave way to a newer one, or to a wipe.
    pub dropped: u64,
    /// Submitted frames whose end was told while the device may still have held them: see
    /// [`Options::overlap`](crate::Options::overlap).
    pub overlapped: u64,
    /// Times that everything was wiped.
    pub wipes: u64,
    /// What the last frame took.
    pub last: Times,
    /// What frames take: a running mean over some sixteen of them.
    pub mean: Times,
    /// The quality of the next frame.
    pub quality: Quality,
    /// Bytes that are locked against swapping.
    pub locked_bytes: usize,
}

/// The last frame's times and their running mean.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    pub(crate) last: Times,
    pub(crate) mean: Times,
    frames: u32,
}

/// A new frame's share of the mean is at least one in so many.
const FRAMES: u32 = 16;

impl Meter {
    pub(crate) fn learn(&mut self, times: Times) {
        self.frames = (self.frames + 1).min(FRAMES);
        let share = self.frames;
        let mix = |mean: Duration, new: Duration| (mean * (share - 1) + new) / share;
        self.last = times;
        self.mean = Times {
            track: mix(self.mean.track, times.track),
            draw: mix(self.mean.draw, times.draw),
            device: mix(self.mean.device, times.device),
            whole: mix(self.mean.whole, times.whole),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_follows_and_the_last_is_the_last() {
        let of = |ms| Times {
            track: Duration::from_millis(ms),
            draw: Duration::from_millis(2 * ms),
            device: Duration::from_millis(3 * ms),
            whole: Duration::from_millis(4 * ms),
        };
        let mut meter = Meter::default();
        meter.learn(of(10));
        assert_eq!(meter.mean, of(10), "of one it is that one");
        meter.learn(of(30));
        assert_eq!((meter.last, meter.mean), (of(30), of(20)));
        (0..200).for_each(|_| meter.learn(of(50)));
        assert!(meter.mean.whole > Duration::from_millis(199));
    }
}
