//! Beside the attempts in `tests/fail/session`: the same, done rightly.

#![allow(unsafe_code, reason = "a pipeline is an unsafe promise, and these keep it")]

use crate::stage::{Echo, OPTIONS, answer, consent, echo};
use moretta_veil::{
    Access, Backing, BuildError, Consent, Extent, FaceHeap, Frame, FrameIo, Keep, Options, Outcome, Pipeline,
    Policy, RegionReport, Reserve, Ticket, Veil, VeilError,
};
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

#[test]
fn veil_copied() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let copy: &Veil<P> = veil;
        assert_eq!(copy.stats().frames, veil.stats().frames);
    }
    leak(&echo());
}

#[test]
fn debug_of_a_veil() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let text = format!("{:?}", veil.stats());
        assert!(!text.is_empty());
    }
    leak(&echo());
}

#[test]
fn veil_in_a_trace() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        trace(&veil.stats());
    }
    leak(&echo());
}

#[test]
fn veil_serialized() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        wire(&veil.stats().frames);
    }
    leak(&echo());
}

#[test]
fn fields_of_a_veil() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let shared = &veil;
        let _ = shared;
    }
    leak(&echo());
}

#[test]
fn veil_as_bytes() {
    fn leak<P: Pipeline>(veil: &Veil<P>) -> Vec<u8> {
        bytemuck::bytes_of(&veil.stats().frames).to_vec()
    }
    assert_eq!(leak(&echo()), [0; 8]);
}

#[test]
fn vault_by_its_path() {
    use moretta_veil::Protection as Kept;
    let _ = size_of::<Kept>();
}

#[test]
fn registry_by_its_path() {
    use moretta_veil::RegionReport as Kept;
    let _ = size_of::<Kept>();
}

#[test]
fn heap_by_its_path() {
    use moretta_veil::FaceHeap as kept;
    let _ = size_of_val(&kept);
}

#[test]
fn veils_by_their_path() {
    use moretta_veil::wipe_all as kept;
    let _ = size_of_val(&kept);
}

#[test]
fn heap_reserved_by_hand() {
    let reserved = (FaceHeap::is_installed(), Policy::BestEffort, Backing::Anonymous);
    let _ = reserved;
}

#[test]
fn bytes_in_the_heap() {
    let told = FaceHeap::is_installed();
    let _ = told;
}

#[test]
fn ticket_forged() {
    let ticket: Option<Ticket> = None;
    let _ = ticket;
}

#[test]
fn number_of_a_ticket() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>) -> u64 {
        let ticket = veil.submit(Frame::none(), ()).unwrap();
        u64::from(ticket == ticket)
    }
    assert_eq!(leak(&echo()), 1);
}

#[test]
fn protection_forged() {
    let regions = Vec::new();
    let protection: (Policy, Vec<RegionReport>) = (Policy::Strict, regions);
    let _ = protection;
}

#[test]
fn pipeline_from_outside() {
    fn leak<P: Pipeline<Request = ()>>(pipeline: &mut P, io: FrameIo<'_>, room: &Reserve<'_>) {
        let _ = room.reserve::<u8>(Keep::Frame, 1);
        let _ = (pipeline, io);
    }
    assert!(
        answer(|room| {
            let mut inner = Echo;
            let io = FrameIo {
                planes: &[],
                target: &mut [],
            };
            leak(&mut inner, io, room);
            inner
        })
        .is_ok()
    );
}

#[test]
fn access_out_of_the_build() {
    thread_local! {
    static LAST: Cell<*const Reserve<'static>> = const { Cell::new(std::ptr::null()) };
    }
    fn leak<P: Pipeline>(
        consent: &Consent,
        options: Options,
        build: fn() -> P,
    ) -> Result<Veil<P>, VeilError> {
        Veil::new(consent, options, move |room| {
            assert!(LAST.get().is_null() && size_of_val(room) > 0);
            Ok(build())
        })
    }
    assert!(leak(&consent(), OPTIONS, || Echo).is_ok());
}

#[test]
fn pipeline_built_elsewhere() {
    fn built<P: Pipeline>(build: impl FnMut(&Reserve<'_>) -> Result<P, BuildError> + Send + 'static) {
        let _ = build;
    }
    fn leak<P: Pipeline>(build: fn(Rc<Cell<u8>>) -> P) {
        let known = Rc::new(Cell::new(7));
        built(move |_| Ok(build(Rc::new(Cell::new(7)))));
        drop(known);
    }
    leak(|_| Echo);
}

#[test]
fn pipeline_without_unsafe() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn pipeline_where_unsafe_is_forbidden() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn pipeline_of_borrowed_memory() {
    struct Mirror<'a>(&'a mut [u8]);
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror<'static> {
        type Request = ();
        type Reply = usize;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, self.0.len())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    fn leak(notes: &mut [u8]) -> impl Pipeline {
        Mirror(Vec::leak(notes.to_vec()))
    }
    drop(leak(&mut [7; 4]));
}

#[test]
fn reply_of_text() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn reply_of_a_list() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn reply_of_a_box() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn reply_of_a_counted_pointer() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn reply_of_the_frame() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = &'static [u8];
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (&io.target, access);
            (Outcome::NoFace, &[7; 4])
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn reply_of_the_target() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = &'static [u8];
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, access);
            (Outcome::NoFace, &[7; 4])
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn request_that_stays_shared() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn request_of_an_access() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn access_kept() {
    struct Mirror {
        kept: *const Access<'static>,
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            assert!(self.kept.is_null() && size_of_val(access) > 0);
            let _ = (io.planes, io.target);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(
        answer(|_| Mirror {
            kept: std::ptr::null()
        })
        .is_ok()
    );
}
