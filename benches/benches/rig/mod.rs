//! What the veil's benches share: sizes, a pipeline that does no more than copy, a veil round it.

#![allow(unsafe_code, reason = "the benches' pipeline joins the trusted base")]
#![allow(dead_code, reason = "each bench uses its part")]

use moretta_veil::{
    Access, AgeBand, Consent, Extent, FaceBuffer, FaceHeap, Frame, FrameIo, Keep, Options, Outcome, Pipeline,
    Policy, Veil, VeilError,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

/// A picture's size in pixels, four bytes (RGBA) each.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) name: &'static str,
    width: usize,
    height: usize,
}

/// What phones' and desktops' front cameras deliver, small to large.
pub(crate) const SIZES: [Size; 3] = [
    Size::new("640x480", 640, 480),
    Size::new("1280x720", 1280, 720),
    Size::new("1920x1080", 1920, 1080),
];

impl Size {
    const fn new(name: &'static str, width: usize, height: usize) -> Size {
        Size { name, width, height }
    }

    pub(crate) fn bytes(self) -> usize {
        self.width * self.height * 4
    }

    /// A made-up picture, written throughout: pages that were never written would all be one page of zeros.
    pub(crate) fn picture(self) -> Vec<u8> {
        (0..self.bytes()).map(|i| (i % 251) as u8 + 1).collect()
    }
}

/// What a bench asks of the [`Copier`].
#[derive(Clone, Copy)]
pub(crate) enum Ask {
    /// Copy the plane, if there is one, into face memory.
    Copy,
    /// [`evict`] the face thread's caches.
    Evict,
    /// [`alloc_free`] on the face thread.
    AllocFree { bytes: usize, times: u64 },
}

/// Copies a borrowed picture into face memory: the least that a tracker does with it.
pub(crate) struct Copier {
    copy: FaceBuffer<u8>,
    ballast: Arc<Vec<u8>>,
}

// SAFETY: keeps the picture in a face buffer of one frame and answers with a duration.
unsafe impl Pipeline for Copier {
    type Request = Ask;
    type Reply = Duration;

    fn run(&mut self, ask: Ask, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Duration) {
        match ask {
            Ask::Copy => {
                for plane in io.planes {
                    let copy = self.copy.first_mut(plane.len(), access);
                    copy.copy_from_slice(plane);
                    black_box(copy);
                }
                (Outcome::Faces, Duration::ZERO)
            }
            Ask::Evict => {
                evict(&self.ballast);
                (Outcome::Unchanged, Duration::ZERO)
            }
            Ask::AllocFree { bytes, times } => (Outcome::Unchanged, alloc_free(bytes, times)),
        }
    }

    fn wipe(&mut self, _extent: Extent) {}
}

/// Starts a veil whose pipeline takes pictures up to the largest of [`SIZES`].
///
/// Best effort, so that the benches run where little memory may be locked: [`announce`] says what took hold.
pub(crate) fn veil(ballast: &Arc<Vec<u8>>) -> Result<Veil<Copier>, VeilError> {
    let consent = Consent::given(AgeBand::From14);
    let options = Options {
        policy: Policy::BestEffort,
        ..Options::default()
    };
    let ballast = Arc::clone(ballast);
    let largest = SIZES.map(Size::bytes).into_iter().max().unwrap_or_default();
    Veil::new(&consent, options, move |access| {
        let copy = access.reserve(Keep::Frame, largest)?;
        let ballast = Arc::clone(&ballast);
        Ok(Copier { copy, ballast })
    })
}

/// Says how well the measured memory was protected: unprotected memory may be faster.
#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
pub(crate) fn announce(veil: &Veil<Copier>) {
    print!("{}", veil.protection());
}

/// One whole frame: hand-over, copy, return, all wipes.
pub(crate) fn frame(veil: &Veil<Copier>, picture: &[u8]) -> Result<Duration, VeilError> {
    veil.process(Frame::borrowed([picture])?, &mut [], Ask::Copy)
}

/// Twice the 32 MiB that most processors' last cache does not exceed.
pub(crate) const BALLAST: usize = 64 << 20;

/// Reads the ballast, which is as much as no cache holds, so that nothing else is left in the caches.
pub(crate) fn evict(ballast: &[u8]) {
    black_box(
        ballast
            .iter()
            .step_by(64)
            .fold(0, |sum: u8, b| sum.wrapping_add(*b)),
    );
}

/// How long `times` rounds of allocating, filling and freeing `bytes` take on the calling thread.
pub(crate) fn alloc_free(bytes: usize, times: u64) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        drop(black_box(vec![1u8; black_box(bytes)]));
    }
    start.elapsed()
}
