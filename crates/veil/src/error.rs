use crate::protection::{Guard, Purpose};
use std::error::Error;
use std::io;

/// Everything that can go wrong in the veil. No variant can hold a pixel, a coordinate or a path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VeilError {
    /// A buffer of no bytes was asked for.
    #[error("{purpose} memory of 0 bytes was asked for: expected at least 1")]
    ZeroSize {
        /// What the memory was for.
        purpose: Purpose,
    },
    /// The size in bytes does not fit the address space.
    #[error("{purpose} memory of {count} x {size} bytes does not fit the address space")]
    TooLarge {
        /// What the memory was for.
        purpose: Purpose,
        /// Elements asked for.
        count: usize,
        /// Bytes an element.
        size: usize,
    },
    /// The OS gave no memory.
    #[error("the system gave no {bytes} bytes of {purpose} memory")]
    Map {
        /// What the memory was for.
        purpose: Purpose,
        /// Bytes asked for.
        bytes: usize,
        /// The system's reason.
        source: io::Error,
    },
    /// A protection did not take hold and the policy is [`Policy::Strict`](crate::Policy::Strict).
    #[error(
        "{guard} did not take hold on {bytes} bytes of {purpose} memory and the policy is strict: \
         lift the system's limit (for locks: RLIMIT_MEMLOCK) or choose Policy::BestEffort"
    )]
    Refused {
        /// What the memory was for.
        purpose: Purpose,
        /// The protection that is missing.
        guard: Guard,
        /// Bytes it should have covered.
        bytes: usize,
        /// The system's reason.
        source: io::Error,
    },
    /// The policy is strict and the process's global allocator is not [`FaceHeap`](crate::FaceHeap).
    #[error(
        "the policy is strict and FaceHeap is not the global allocator: expected \
         `#[global_allocator] static HEAP: moretta_veil::FaceHeap = moretta_veil::FaceHeap;` in the program"
    )]
    HeapNotInstalled,
    /// The face thread could not be started.
    #[error("the face thread could not be started")]
    Spawn {
        /// The system's reason.
        source: io::Error,
    },
    /// The pipeline could not be built on the face thread.
    #[error("the pipeline could not be built")]
    Build {
        /// The pipeline's own reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A frame has no plane, or more than the veil carries.
    #[error("a frame of {found} planes: expected 1 to {max}")]
    Planes {
        /// Planes in the frame.
        found: usize,
        /// Most planes a frame may have.
        max: usize,
    },
    /// Another call is under way on this veil, or frames submitted earlier are.
    #[error("the veil is busy with another frame: one at a time")]
    Busy,
    /// The veil is paused.
    #[error("the veil is paused: call resume first")]
    Paused,
    /// Consent was revoked. This veil will never run again.
    #[error("consent was revoked: a new consent and a new veil are needed")]
    Revoked,
    /// The pipeline panicked in this call. All was wiped; the panic's words are gone on purpose.
    #[error("the pipeline panicked: everything was wiped, and the veil is poisoned until pause and resume")]
    Panicked,
    /// The pipeline panicked in an earlier call.
    #[error("the veil is poisoned by an earlier panic: pause and resume to build the pipeline anew")]
    Poisoned,
    /// The calling process is a child of the one that made the veil: no face came along.
    #[error("the veil belongs to the parent process: a child has no face thread and no face memory")]
    Forked,
    /// Work in a [`Shelter`](crate::Shelter) panicked.
    #[error("the work panicked; the panic's words are gone on purpose")]
    WorkPanicked,
    /// Called by the pipeline itself, which would wait for itself.
    #[error("called from the face thread, which would wait for itself")]
    FaceThread,
}
