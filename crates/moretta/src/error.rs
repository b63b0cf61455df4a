use moretta_capture::CaptureError;
use moretta_frame::FrameError;
use moretta_infer::InferError;
use moretta_pack::PackError;
use moretta_render::RenderError;
use moretta_track::TrackError;
use moretta_veil::VeilError;

use crate::DonorFault;

/// Everything that can go wrong. [`kind`](Self::kind) says what to do about it, the source what happened.
///
/// That there is no face is no error. No message holds a pixel or a number of a face.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The graphics device, or what it was to draw on.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The models, or the engine that runs them.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// There are no networks: none were given, and the library was built without the feature `embed`.
    #[error("the models: expected the app to bring them, as this library was built without any, found none")]
    NoModels,
    /// The effect pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The tracker: an option, or a frame with a lens that does not fit it.
    #[error(transparent)]
    Track(#[from] TrackError),
    /// The memory and the thread that faces live on, and the consent.
    #[error(transparent)]
    Veil(#[from] VeilError),
    /// The effect has no input of this name.
    #[error("the effect: expected an input called one of {expected:?}, found {found:?}")]
    Input {
        /// The names that it has.
        expected: Vec<String>,
        /// The name given.
        found: String,
    },
    /// A number that is none.
    #[error("the input {name:?}: expected a number from {min} to {max}, found {found}")]
    Value {
        /// The input's name.
        name: String,
        /// The least that it may be.
        min: f32,
        /// The most that it may be.
        max: f32,
        /// What it should be set to.
        found: f32,
    },
    /// There is no such slot.
    #[error("the slot: expected one below {expected}, found {found}")]
    Slot {
        /// How many there are.
        expected: usize,
        /// The one given.
        found: usize,
    },
    /// A donor, or the photo that was to make one.
    #[error("the donor: {fault}")]
    Donor {
        /// What is wrong with it.
        fault: DonorFault,
    },
    /// The file of a donor's photo.
    #[error("the donor: {0}")]
    Photo(#[from] CaptureError),
    /// The app logs traces: its logger would hear each draw of the graphics library, and so how many faces there are.
    #[error(
        "the log: expected the level debug at most under the strict policy, as a logger of traces can count faces, found trace"
    )]
    Heard,
    /// A submitted frame cannot be written into memory that is only lent.
    #[error(
        "a submitted frame: expected a window or a texture to show it, found a picture in memory, which process writes"
    )]
    SubmitToMemory,
}

/// What kind of trouble an [`Error`] is, and so who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The graphics device: none, lost, or out of memory. A new session may help.
    Device,
    /// A camera or a file.
    Capture,
    /// The models' bytes, or the engine.
    Model,
    /// The effect pack.
    Pack,
    /// The frame, the target or a setting: what was passed is not what was said.
    Input,
    /// Consent was revoked, or the system or the app's own logger grants less protection than the policy asks for.
    Protection,
    /// A call at the wrong time: while paused, or while another is under way.
    Misuse,
    /// A fault in Moretta. Everything was wiped; please report it.
    Bug,
}

impl Error {
    /// What kind of trouble it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Render(error) => of_render(error),
            Self::Infer(error) => of_infer(error),
            Self::NoModels => ErrorKind::Model,
            Self::Pack(_) => ErrorKind::Pack,
            Self::Frame(_)
            | Self::Input { .. }
            | Self::Value { .. }
            | Self::Slot { .. }
            | Self::Donor { .. }
            | Self::SubmitToMemory => ErrorKind::Input,
            Self::Photo(CaptureError::Memory(error)) => of_veil(error),
            Self::Photo(_) => ErrorKind::Capture,
            Self::Heard => ErrorKind::Protection,
            Self::Track(error) => of_track(error),
            Self::Veil(error) => of_veil(error),
        }
    }
}

fn of_render(error: &RenderError) -> ErrorKind {
    match error {
        RenderError::NoAdapter { .. }
        | RenderError::Adapter { .. }
        | RenderError::Lost { .. }
        | RenderError::Refused { .. }
        | RenderError::Stalled { .. }
        | RenderError::Surface { .. } => ErrorKind::Device,
        RenderError::Effect { .. } => ErrorKind::Pack,
        RenderError::Program(_) => ErrorKind::Bug,
        RenderError::Memory(error) => of_veil(error),
        _ => ErrorKind::Input,
    }
}

fn of_infer(error: &InferError) -> ErrorKind {
    match error {
        InferError::Bytes { .. }
        | InferError::Environment { .. }
        | InferError::Thread { .. }
        | InferError::Load { .. } => ErrorKind::Model,
        _ => ErrorKind::Bug,
    }
}

fn of_track(error: &TrackError) -> ErrorKind {
    match error {
        TrackError::NetworkMissing { .. } | TrackError::NetworkTwice { .. } => ErrorKind::Model,
        TrackError::Infer(error) => of_infer(error),
        TrackError::Memory(error) => of_veil(error),
        _ => ErrorKind::Input,
    }
}

fn of_veil(error: &VeilError) -> ErrorKind {
    match error {
        VeilError::Refused { .. }
        | VeilError::HeapNotInstalled
        | VeilError::Revoked
        | VeilError::Map { .. } => ErrorKind::Protection,
        VeilError::ZeroSize { .. } | VeilError::TooLarge { .. } | VeilError::Planes { .. } => {
            ErrorKind::Input
        }
        VeilError::Spawn { .. } => ErrorKind::Protection,
        VeilError::Build { source, .. } => of_build(source.as_ref()),
        VeilError::Panicked => ErrorKind::Bug,
        _ => ErrorKind::Misuse,
    }
}

/// What the pipeline's own words for a failed start are worth: those of its parts.
fn of_build(source: &(dyn std::error::Error + Send + Sync + 'static)) -> ErrorKind {
    if let Some(error) = source.downcast_ref::<TrackError>() {
        of_track(error)
    } else if let Some(error) = source.downcast_ref::<RenderError>() {
        of_render(error)
    } else if let Some(error) = source.downcast_ref::<InferError>() {
        of_infer(error)
    } else if let Some(error) = source.downcast_ref::<VeilError>() {
        of_veil(error)
    } else {
        ErrorKind::Bug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_say_who_can_help() {
        let revoked = || VeilError::Revoked;
        let build =
            |source: Box<dyn std::error::Error + Send + Sync>| Error::from(VeilError::Build { source });
        for (error, kind) in [
            (Error::from(revoked()), ErrorKind::Protection),
            (VeilError::Busy.into(), ErrorKind::Misuse),
            (VeilError::Paused.into(), ErrorKind::Misuse),
            (VeilError::Panicked.into(), ErrorKind::Bug),
            (RenderError::Memory(revoked()).into(), ErrorKind::Protection),
            (TrackError::Memory(revoked()).into(), ErrorKind::Protection),
            (
                build(Box::new(RenderError::Lost {
                    reason: String::new(),
                })),
                ErrorKind::Device,
            ),
            (
                build(Box::new(TrackError::Memory(revoked()))),
                ErrorKind::Protection,
            ),
            (build("words".into()), ErrorKind::Bug),
            (Error::SubmitToMemory, ErrorKind::Input),
            (Error::Heard, ErrorKind::Protection),
            (Error::NoModels, ErrorKind::Model),
            (
                Error::Donor {
                    fault: DonorFault::NoFace,
                },
                ErrorKind::Input,
            ),
            (CaptureError::Wiped.into(), ErrorKind::Capture),
            (CaptureError::Memory(revoked()).into(), ErrorKind::Protection),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
        }
    }
}
