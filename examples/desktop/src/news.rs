//! What the thread that draws tells the one that shows the window, and the other way round. None of it is face data.

use std::path::PathBuf;
use std::time::Instant;

use moretta::{Policy, Presence, Protection, Statistics, wgpu};

/// What somebody wears.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dress {
    /// The effect in this place of the list; or none.
    pub(crate) effect: Option<usize>,
    /// What was set of it.
    pub(crate) set: Vec<(String, f32)>,
}

/// How many faces can be told apart by whoever chooses what they wear: as many as a session follows.
pub(crate) const FACES: usize = 4;

/// Who wears what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outfit {
    pub(crate) everyone: Dress,
    /// By slot; `None` for what everyone wears.
    pub(crate) own: [Option<Dress>; FACES],
}

impl Outfit {
    /// What is worn by everyone, or in a slot, if that has something of its own.
    pub(crate) fn of(&mut self, slot: Option<usize>) -> Option<&mut Dress> {
        match slot {
            None => Some(&mut self.everyone),
            Some(slot) => self.own.get_mut(slot)?.as_mut(),
        }
    }
}

/// What the window asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order {
    /// Who wears what from now on.
    Wear(Outfit),
    /// An input of what is worn by everyone, or in a slot.
    Set(Option<usize>, String, f32),
    /// The user tapped the picture.
    Tap,
    /// Whether left and right change places.
    Mirror(bool),
    /// Whether the camera's picture is shown without an effect.
    Compare(bool),
    /// Whether to stop and wipe: the user asked, or nobody can see the window.
    Pause(Pause, bool),
    /// Wipe everything, and go on.
    Wipe,
    /// Whether the app may learn who is in sight.
    Disclose(bool),
    /// Write the next picture, or a clip, to this file.
    Export(PathBuf),
    /// End the thread.
    Stop,
}

/// Why it stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The user pressed the button.
    Asked,
    /// The window is minimised or covered: what nobody sees need not be drawn.
    Hidden,
}

/// What is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Networks, pipelines and source are being opened.
    #[default]
    Loading,
    /// Pictures come.
    Live,
    /// Nothing is looked at, and everything was wiped.
    Paused,
    /// Something went wrong: [`News::trouble`].
    Failed,
}

/// The newest of everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    pub(crate) state: State,
    pub(crate) trouble: Option<String>,
    /// Frames drawn since the start.
    pub(crate) frames: u64,
    pub(crate) frames_per_second: f64,
    pub(crate) statistics: Option<Statistics>,
    pub(crate) presence: Option<Presence>,
    pub(crate) protection: Option<Protection>,
    pub(crate) policy: Option<Policy>,
    /// Why less than the strict policy was taken.
    pub(crate) fell_back: Option<String>,
    /// Whose copies of frames on their way in no vault holds.
    pub(crate) keeps_copies: Option<&'static str>,
    /// When everything was wiped for the last time.
    pub(crate) wiped: Option<Instant>,
    pub(crate) export: Option<ExportNews>,
    pub(crate) picture: Option<Shown>,
}

/// A texture that the session draws to.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) view: wgpu::TextureView,
    /// Columns and rows.
    pub(crate) size: [u32; 2],
    /// Another number for another texture.
    pub(crate) serial: u64,
}

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExportNews {
    /// Frames that are missing.
    Recording { left: u32 },
    /// It lies there.
    Done(PathBuf),
    /// It does not.
    Failed(String),
}
