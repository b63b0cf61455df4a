use std::path::PathBuf;

use moretta::{DonorFault, ErrorKind, VeilError};

use crate::abi;
use crate::status::Status;

/// Why a call failed. Its text is what `moretta_last_error` says; it holds nothing of a face.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A pointer that must lead somewhere is null.
    #[error("{what}: expected a pointer, found NULL")]
    Null {
        /// What it should lead to.
        what: &'static str,
    },
    /// A struct is no struct of this interface.
    #[error("{what}: expected a struct_size of {expected} to {most}, found {found}; use its _INIT macro")]
    StructSize {
        /// The struct.
        what: &'static str,
        /// The least, in bytes.
        expected: usize,
        /// The most, in bytes.
        most: usize,
        /// What it says, in bytes.
        found: usize,
    },
    /// A struct of a newer header sets what this library does not know.
    #[error(
        "{what}: expected zeros after {expected} bytes, found something else at byte {found}: this library is older"
    )]
    StructTail {
        /// The struct.
        what: &'static str,
        /// How much of it is known, in bytes.
        expected: usize,
        /// Where there is more.
        found: usize,
    },
    /// A number that is none of those it may be.
    #[error("{what}: expected {expected}, found {found}")]
    Value {
        /// Which.
        what: &'static str,
        /// What it may be.
        expected: &'static str,
        /// The number.
        found: u64,
    },
    /// The same of a number with a fraction.
    #[error("{what}: expected {expected}, found {found}")]
    Real {
        /// Which.
        what: &'static str,
        /// What it may be.
        expected: &'static str,
        /// The number.
        found: f32,
    },
    /// A text that is no UTF-8.
    #[error("{what}: expected UTF-8, found something else")]
    Text {
        /// Which.
        what: &'static str,
    },
    /// Frame and picture share memory, and not in a way that works.
    #[error(
        "the picture: expected memory apart from the frame's, or, of a frame of one plane that is not consumed, the same \
         from its first byte on; found memory that overlaps"
    )]
    Overlap,
    /// Planes that are to be zeroed share memory.
    #[error(
        "the planes of a donor's frame: expected memory apart from each other's, found memory that overlaps"
    )]
    Planes,
    /// Pictures that are to be zeroed share memory.
    #[error("a donor's pictures: expected memory apart from each other's, found memory that overlaps")]
    Pictures,
    /// The caller was compiled with a header of another interface.
    #[error(
        "the interface: expected {}.0 to {0}.{1} in moretta.h, found {2}.{3}",
        expected >> 16, expected & 0xffff, found >> 16, found & 0xffff
    )]
    Abi {
        /// This library's.
        expected: u32,
        /// The caller's.
        found: u32,
    },
    /// No live object has this handle.
    #[error("{what}: expected a live handle, found one that is {found}")]
    Handle {
        /// What it should be a handle of.
        what: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// Another thread uses the session.
    #[error("the session: expected that one thread uses it at a time, found it in use")]
    Busy,
    /// A log callback calls back.
    #[error("a log callback: expected that it calls nothing of Moretta, found a call")]
    Reentered,
    /// Nobody consented, or the consent was revoked.
    #[error("the session: expected a person's consent, found none: see moretta_consent_give")]
    NoConsent,
    /// The session is paused.
    #[error("the session: expected it to run, found it paused: see moretta_resume")]
    Paused,
    /// There was a fault before.
    #[error("the session: expected one without a fault, found one that was wiped after a fault: destroy it")]
    Poisoned,
    /// No surface is attached.
    #[error("the session: expected a surface, found none: see moretta_surface_attach")]
    NoSurface,
    /// The caller's memory is too small.
    #[error("{what}: expected room for {expected} bytes, found {found}")]
    TooSmall {
        /// What for.
        what: &'static str,
        /// How much is needed.
        expected: usize,
        /// How much there is.
        found: usize,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A folder of a pack that is larger than any pack.
    #[error("{}: expected a pack of at most {expected} files, found more", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// The most files.
        expected: usize,
    },
    /// A fault in Moretta.
    #[error("a fault in Moretta: everything was wiped; please report it")]
    Bug,
    /// What the SDK says.
    #[error(transparent)]
    Sdk(#[from] moretta::Error),
}

impl Fault {
    /// What the caller is answered.
    pub(crate) fn status(&self) -> Status {
        Status(match self {
            Self::Null { .. }
            | Self::StructSize { .. }
            | Self::StructTail { .. }
            | Self::Value { .. }
            | Self::Real { .. }
            | Self::Text { .. }
            | Self::Overlap
            | Self::Pictures
            | Self::Planes => abi::STATUS_ARGUMENT,
            Self::Abi { .. } => abi::STATUS_ABI,
            Self::Handle { .. } => abi::STATUS_HANDLE,
            Self::Busy | Self::Reentered => abi::STATUS_BUSY,
            Self::NoConsent => abi::STATUS_NO_CONSENT,
            Self::Paused => abi::STATUS_PAUSED,
            Self::Poisoned => abi::STATUS_POISONED,
            Self::NoSurface => abi::STATUS_NO_SURFACE,
            Self::TooSmall { .. } => abi::STATUS_TOO_SMALL,
            Self::File { .. } => abi::STATUS_FILE,
            Self::Folder { .. } => abi::STATUS_PACK,
            Self::Bug => abi::STATUS_BUG,
            Self::Sdk(error) => match error {
                moretta::Error::Veil(veil) => of_veil(veil).unwrap_or_else(|| of_kind(error.kind())),
                moretta::Error::Donor { fault } => of_donor(*fault),
                moretta::Error::Photo(_) if error.kind() == ErrorKind::Capture => abi::STATUS_PICTURE,
                _ => of_kind(error.kind()),
            },
        })
    }
}

impl From<VeilError> for Fault {
    fn from(error: VeilError) -> Self {
        Self::Sdk(error.into())
    }
}

/// What has a status of its own.
fn of_veil(error: &VeilError) -> Option<i32> {
    Some(match error {
        VeilError::Busy => abi::STATUS_BUSY,
        VeilError::Revoked => abi::STATUS_NO_CONSENT,
        VeilError::Paused => abi::STATUS_PAUSED,
        VeilError::Poisoned => abi::STATUS_POISONED,
        VeilError::Panicked | VeilError::WorkPanicked => abi::STATUS_BUG,
        VeilError::Forked => abi::STATUS_FORKED,
        VeilError::FaceThread => abi::STATUS_BUSY,
        _ => return None,
    })
}

fn of_donor(fault: DonorFault) -> i32 {
    match fault {
        DonorFault::NoFace => abi::STATUS_NO_FACE,
        DonorFault::SeveralFaces => abi::STATUS_SEVERAL_FACES,
        DonorFault::SmallFace | DonorFault::TurnedAway => abi::STATUS_UNFIT_FACE,
        DonorFault::Gone | DonorFault::OtherSession => abi::STATUS_HANDLE,
        _ => abi::STATUS_ARGUMENT,
    }
}

fn of_kind(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::Device => abi::STATUS_DEVICE,
        ErrorKind::Model => abi::STATUS_MODEL,
        ErrorKind::Pack => abi::STATUS_PACK,
        ErrorKind::Input | ErrorKind::Capture => abi::STATUS_ARGUMENT,
        ErrorKind::Protection => abi::STATUS_PROTECTION,
        ErrorKind::Misuse => abi::STATUS_BUSY,
        _ => abi::STATUS_BUG,
    }
}
