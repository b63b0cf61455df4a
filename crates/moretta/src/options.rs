use moretta_render::GpuOptions;
use moretta_track::{Lens, Range, Smoothing, TrackerOptions};
use moretta_veil::{Backing, Policy};

use crate::{Models, QualityMode, Renderer};

/// How a session is made. All of it has a default that suits a phone in a hand.
pub struct Options {
    /// What to do when the system refuses to protect memory: [`Policy::Strict`] unless said otherwise.
    pub policy: Policy,
    /// What kind of memory holds faces: [`Backing::Anonymous`] unless said otherwise.
    pub backing: Backing,
    /// How many faces are followed at most, 1 to [`MAX_FACES`](crate::MAX_FACES): 4 unless said otherwise. An effect may
    /// draw fewer.
    pub max_faces: usize,
    /// Which detectors look for faces: [`Range::Auto`] unless said otherwise.
    pub range: Range,
    /// How landmarks are smoothed over time; `None` for not at all.
    pub smoothing: Option<Smoothing>,
    /// What takes the frames: 63 degrees from top to bottom unless said otherwise.
    pub lens: Lens,
    /// How much effects may cost: all they want unless said otherwise.
    pub quality: QualityMode,
    /// Whether faces are looked for in a [submitted](crate::Session::submit) frame while the device still draws the one
    /// before: more frames a second where both take their time. Not unless said otherwise, for the end of a frame may then
    /// be told while the device still holds it; it is cleared before the next one is drawn, or at once if none waits.
    pub overlap: bool,
    /// Whether the app may learn if nobody, one person or more are in sight, for its hints to the user. **A disclosure**:
    /// off unless said otherwise, and listed in the [report](crate::Session::report).
    pub disclose_presence: bool,
    /// The networks: those that come with the library unless said otherwise.
    pub models: Option<Models>,
    /// The graphics device.
    pub device: Device,
}

/// Which graphics device a session draws with.
pub enum Device {
    /// One of its own.
    New(GpuOptions),
    /// One that is there: the app's, or another session's.
    Shared(Renderer),
}

impl Default for Options {
    fn default() -> Self {
        let tracker = TrackerOptions::default();
        Self {
            policy: Policy::Strict,
            backing: Backing::Anonymous,
            max_faces: tracker.max_faces,
            range: tracker.range,
            smoothing: tracker.smoothing,
            lens: tracker.lens,
            quality: QualityMode::default(),
            overlap: false,
            disclose_presence: false,
            models: None,
            device: Device::New(GpuOptions::default()),
        }
    }
}

impl Options {
    pub(crate) fn tracker(&self) -> TrackerOptions {
        TrackerOptions {
            max_faces: self.max_faces,
            range: self.range,
            smoothing: self.smoothing,
            lens: self.lens,
            ..TrackerOptions::default()
        }
    }
}
