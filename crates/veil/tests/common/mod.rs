//! A pipeline that does what a real one does with memory, in small.

#![allow(unsafe_code, reason = "the tests' pipelines join the trusted base")]
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod child;
pub(crate) mod maps;

use moretta_veil::{
    Access, AgeBand, Backing, Consent, Extent, FaceBuffer, FaceHeap, FrameIo, Keep, Options, Outcome,
    Pipeline, Policy, Reserve, Veil, VeilError,
};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

/// What a test asks of [`Adder`].
#[derive(Clone, Copy)]
pub(crate) enum Ask {
    /// Add all bytes of all planes; answer with the sum so far. A picture of zeros shows no face.
    Add,
    /// Answer with the sum so far, kept while a face is in sight.
    Sum,
    /// Answer with the first byte of the donor.
    Donor,
    /// Keep the first plane as a donor.
    KeepDonor,
    /// Meet the caller at the gate twice, then answer 0.
    Wait(&'static Gate),
    /// Panic, quoting the first byte.
    Panic,
    /// Panic in the wipe after this request.
    PanicInWipe,
}

/// Adds bytes, on face memory.
pub(crate) struct Adder {
    copy: FaceBuffer<u8>,
    sum: FaceBuffer<u64>,
    donor: FaceBuffer<u8>,
    panic_in_wipe: bool,
    wipes: &'static Mutex<Vec<Extent>>,
}

impl Adder {
    pub(crate) fn build(
        access: &Reserve<'_>,
        wipes: &'static Mutex<Vec<Extent>>,
    ) -> Result<Adder, VeilError> {
        Ok(Adder {
            sum: access.reserve(Keep::Track, 1)?,
            copy: access.reserve(Keep::Frame, 1 << 20)?,
            donor: access.reserve(Keep::Session, 4096)?,
            panic_in_wipe: false,
            wipes,
        })
    }
}

// SAFETY: keeps bytes in face buffers only; starts no thread, writes nothing. The sums it answers with are the
// tests' way to look in, on pictures that are made up.
unsafe impl Pipeline for Adder {
    type Request = Ask;
    type Reply = u64;

    fn run(&mut self, request: Ask, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, u64) {
        match request {
            Ask::Add => {
                let mut sum = 0;
                for plane in io.planes {
                    let copy = self.copy.first_mut(plane.len(), access);
                    assert!(
                        copy.iter().all(|&b| b == 0) || io.planes.len() > 1,
                        "the last frame was not wiped"
                    );
                    copy.copy_from_slice(plane);
                    sum += copy.iter().map(|&b| u64::from(b)).sum::<u64>();
                }
                if sum == 0 {
                    return (Outcome::NoFace, 0);
                }
                if let Some(plane) = io.planes.first().filter(|p| p.len() == io.target.len()) {
                    io.target.copy_from_slice(plane);
                }
                let total = self.sum.view_mut(access);
                total[0] += sum;
                (Outcome::Faces, total[0])
            }
            Ask::Sum => (Outcome::Unchanged, self.sum.view(access)[0]),
            Ask::Donor => (Outcome::Unchanged, u64::from(self.donor.view(access)[0])),
            Ask::KeepDonor => {
                let plane = io.planes[0];
                self.donor.first_mut(plane.len(), access).copy_from_slice(plane);
                (Outcome::Unchanged, 0)
            }
            Ask::Wait(gate) => {
                gate.wait();
                gate.wait();
                (Outcome::Unchanged, 0)
            }
            Ask::Panic => panic!("the first byte is {}", io.planes[0][0]),
            Ask::PanicInWipe => {
                self.panic_in_wipe = true;
                (Outcome::Unchanged, 0)
            }
        }
    }

    fn wipe(&mut self, extent: Extent) {
        self.wipes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(extent);
        assert!(!std::mem::take(&mut self.panic_in_wipe), "the wipe itself");
    }
}

/// What an [`Act`] does with one request.
type Deed = dyn FnMut(u64, FrameIo<'_>, &Access<'_>) -> (Outcome, u64);

/// A pipeline that is a function, for what [`Adder`] does not do.
pub(crate) struct Act(Box<Deed>);

impl Act {
    pub(crate) fn new(deed: impl FnMut(u64, FrameIo<'_>, &Access<'_>) -> (Outcome, u64) + 'static) -> Act {
        Act(Box::new(deed))
    }
}

// SAFETY: keeps nothing itself; each function is a test's, on pictures that are made up.
unsafe impl Pipeline for Act {
    type Request = u64;
    type Reply = u64;

    fn run(&mut self, request: u64, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, u64) {
        (self.0)(request, io, access)
    }

    fn wipe(&mut self, _: Extent) {}
}

/// Where a test and the pipeline that it holds up meet. Unlike a barrier it gives up, so that a test that fails
/// in between does not hang.
#[derive(Default)]
pub(crate) struct Gate {
    /// How many have come.
    come: Mutex<u64>,
    news: Condvar,
}

impl Gate {
    /// Waits until two are here.
    pub(crate) fn wait(&self) {
        let mut come = self.come.lock().unwrap_or_else(PoisonError::into_inner);
        *come += 1;
        let pair = come.next_multiple_of(2);
        self.news.notify_all();
        let (come, waited) = self
            .news
            .wait_timeout_while(come, Duration::from_secs(30), |come| *come < pair)
            .unwrap_or_else(PoisonError::into_inner);
        drop(come);
        assert!(!waited.timed_out(), "nobody came to the gate");
    }
}

pub(crate) fn gate() -> &'static Gate {
    Box::leak(Box::default())
}

/// Runs `body` on a thread with that name.
pub(crate) fn thread<R: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> std::thread::JoinHandle<R> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .expect("a thread")
}

/// Room for a test's list of wipes.
pub(crate) fn wipe_list() -> &'static Mutex<Vec<Extent>> {
    Box::leak(Box::new(Mutex::new(Vec::with_capacity(1024))))
}

/// The extents that were wiped since the last call.
pub(crate) fn taken(list: &Mutex<Vec<Extent>>) -> Vec<Extent> {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    let copy = list.clone();
    list.clear();
    copy
}

/// A small veil that takes what protection it gets: the tests also run where locks are scarce.
pub(crate) fn options() -> Options {
    Options {
        policy: Policy::BestEffort,
        backing: Backing::Anonymous,
        ..Options::default()
    }
}

pub(crate) fn consent() -> Consent {
    Consent::given(AgeBand::From14)
}

pub(crate) fn adder(consent: &Consent, list: &'static Mutex<Vec<Extent>>) -> Veil<Adder> {
    Veil::new(consent, options(), move |access| Ok(Adder::build(access, list)?)).expect("a veil")
}
