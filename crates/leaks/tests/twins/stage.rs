//! Veils for the twins to play on.

#![allow(unsafe_code, reason = "a pipeline is an unsafe promise, and these keep it")]

use moretta_veil::{
    Access, AgeBand, Backing, BuildError, Consent, Extent, FaceBuffer, Frame, FrameIo, Keep, Options,
    Outcome, Pipeline, Policy, Reserve, Veil, VeilError,
};

/// A twin shows what compiles: any machine will do for that, also one that locks little memory.
pub(crate) const OPTIONS: Options = Options {
    policy: Policy::BestEffort,
    backing: Backing::Anonymous,
    stack_bytes: 128 << 10,
    heap_bytes: 64 << 10,
    overlap: false,
};

pub(crate) fn consent() -> Consent {
    Consent::given(AgeBand::From14)
}

/// A pipeline that finds no face and tells how many bytes it saw.
pub(crate) struct Echo;

// SAFETY: a length is all that leaves, and nothing is kept.
unsafe impl Pipeline for Echo {
    type Request = ();
    type Reply = usize;

    fn run(&mut self, (): (), io: FrameIo<'_>, _: &Access<'_>) -> (Outcome, usize) {
        (Outcome::NoFace, io.planes.iter().map(|plane| plane.len()).sum())
    }

    fn wipe(&mut self, _: Extent) {}
}

/// What builds an [`Echo`].
#[expect(clippy::unnecessary_wraps, reason = "the veil asks for a result")]
pub(crate) fn build(_: &Reserve<'_>) -> Result<Echo, BuildError> {
    Ok(Echo)
}

/// A veil over an [`Echo`].
pub(crate) fn echo() -> Veil<Echo> {
    Veil::new(&consent(), OPTIONS, build).expect("a veil")
}

/// What a pipeline answers to one picture of four bytes.
pub(crate) fn answer<P>(build: fn(&Reserve<'_>) -> P) -> Result<P::Reply, VeilError>
where
    P: Pipeline<Request: Default>,
{
    let veil = Veil::new(&consent(), OPTIONS, move |room| Ok(build(room)))?;
    let frame = Frame::borrowed([&[7; 4][..]])?;
    veil.process(frame, &mut [], P::Request::default())
}

/// What the twins about buffers do, on a buffer of four zeros.
type Work = fn(&mut FaceBuffer<f32>, &Access<'_>);

/// A pipeline that lends its buffer to whatever it is asked to run.
struct Lender(FaceBuffer<f32>);

// SAFETY: no face is ever handed in.
unsafe impl Pipeline for Lender {
    type Request = Work;
    type Reply = ();

    fn run(&mut self, work: Work, _: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
        work(&mut self.0, access);
        (Outcome::Unchanged, ())
    }

    fn wipe(&mut self, _: Extent) {}
}

/// Runs `work` where face memory can be reached; a panic in it fails the test.
pub(crate) fn on_the_face_thread(work: Work) {
    let build = |room: &Reserve<'_>| Ok(Lender(room.reserve(Keep::Frame, 4)?));
    let veil = Veil::new(&consent(), OPTIONS, build).expect("a veil");
    veil.process(Frame::none(), &mut [], work)
        .expect("no panic in the twin");
}
