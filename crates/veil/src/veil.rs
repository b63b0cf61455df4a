//! The app's side: a handle that holds no face.

use crate::buffer::{Reports, Reserve};
use crate::frame::{Frame, MAX_PLANES, Plane};
use crate::heap::{self, FaceHeap};
use crate::live::{self, Live};
use crate::pipeline::Pipeline;
use crate::protection::{Backing, Policy, Protection, Purpose};
use crate::vault::Vault;
use crate::wipe::clear_registers;
use crate::{Consent, VeilError, hook, os, store, worker};
use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Why a pipeline could not be built, in its own words.
pub type BuildError = Box<dyn Error + Send + Sync>;

/// How a veil is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// What to do when the system refuses a protection. [`Policy::Strict`] unless said otherwise.
    pub policy: Policy,
    /// What kind of memory holds the faces. [`Backing::Anonymous`] unless said otherwise.
    pub backing: Backing,
    /// Bytes of the face thread's stack: 512 KiB unless said otherwise, at least 128 KiB. Its dead part is zeroed
    /// after each frame, so a larger one costs time.
    pub stack_bytes: usize,
    /// Bytes that [`FaceHeap`] has ready at the start: 2 MiB unless said otherwise. It grows when more is needed.
    pub heap_bytes: usize,
    /// Whether a submitted frame's end may be told before the pipeline has cleared what a device still reads of it, where
    /// the next one waits already: see [`Pipeline::wipe_later`]. It may not unless said otherwise.
    pub overlap: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            policy: Policy::Strict,
            backing: Backing::Anonymous,
            stack_bytes: 512 << 10,
            heap_bytes: 2 << 20,
            overlap: false,
        }
    }
}

/// The least that a system starts a thread on: `PTHREAD_STACK_MIN` of glibc on aarch64. It is more than a frame's
/// depth and what the wiper spares.
const MIN_STACK: usize = 128 << 10;

/// A submitted frame's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ticket(u64);

/// A submitted frame's end.
#[derive(Debug)]
pub struct Finished<R> {
    /// Which frame.
    pub ticket: Ticket,
    /// What became of it.
    pub result: Result<R, VeilError>,
}

/// Counts. They hold no face data.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Requests that the pipeline ended, with a picture or without.
    pub frames: u64,
    /// Submitted frames that gave way to a newer one, or to a wipe.
    pub dropped: u64,
    /// Submitted frames whose end was told while a device may still have read them: see [`Options::overlap`].
    pub overlapped: u64,
    /// Times that everything was wiped: pause, revocation, panic, [`wipe_all`](crate::wipe_all).
    pub wipes: u64,
    /// Bytes of this veil, of the heap and of every [`FrameStore`](crate::FrameStore) that are locked against
    /// swapping.
    pub locked_bytes: usize,
}

/// A session's memory and thread for faces.
///
/// The handle holds no face data. It may be shared between threads; calls do not overlap, a second one gets
/// [`VeilError::Busy`]. Dropping it ends the face thread and wipes and unmaps its memory; forgetting it forgets no
/// wipe, since [`wipe_all`](crate::wipe_all) and a revocation reach it still.
pub struct Veil<P: Pipeline> {
    shared: Arc<Shared<P>>,
}

impl<P: Pipeline> Veil<P> {
    /// Starts a face thread and builds the pipeline on it. `build` makes buffers and cannot reach into them. `build` is called again by each [`Veil::resume`].
    ///
    /// # Errors
    /// [`VeilError::Revoked`]; [`VeilError::HeapNotInstalled`] and [`VeilError::Refused`] under [`Policy::Strict`];
    /// [`VeilError::TooLarge`], [`VeilError::Map`], [`VeilError::Spawn`]; [`VeilError::Build`] or
    /// [`VeilError::Panicked`] from `build`; [`VeilError::FaceThread`]; [`VeilError::Forked`] in a child of a process
    /// that has had a veil, until it executes a program.
    pub fn new(
        consent: &Consent,
        options: Options,
        build: impl FnMut(&Reserve<'_>) -> Result<P, BuildError> + Send + 'static,
    ) -> Result<Veil<P>, VeilError> {
        check_caller()?;
        if consent.is_revoked() {
            return Err(VeilError::Revoked);
        }
        let Options { policy, backing, .. } = options;
        let lease = match (FaceHeap::is_installed(), policy) {
            (true, _) => Some(FaceHeap::reserve(options.heap_bytes, policy, backing)?),
            (false, Policy::Strict) => return Err(VeilError::HeapNotInstalled),
            (false, Policy::BestEffort) => None,
        };
        hook::install();
        let stack = Vault::new(
            Purpose::Stack,
            options.stack_bytes.max(MIN_STACK),
            policy,
            backing,
        )?;
        let reports = Arc::new(Reports::default());
        reports.add(stack.report());
        let shared = Arc::new(Shared {
            state: Mutex::new(State::default()),
            work: Condvar::new(),
            news: Condvar::new(),
            thread: Mutex::new(None),
            build: Mutex::new(Box::new(build)),
            stack,
            options,
            reports,
            _lease: lease,
        });
        // From here on dropping `veil` ends it, and a wipe or a revocation reaches it.
        let veil = Veil { shared };
        let live: Arc<dyn Live> = veil.shared.clone();
        let weak: Weak<dyn Live> = Arc::downgrade(&live);
        live::enlist(live);
        if !consent.cover(weak) {
            return Err(VeilError::Revoked);
        }
        veil.shared.start()?;
        Ok(veil)
    }

    /// Runs one request to its end: the calling thread waits.
    ///
    /// The pipeline reads the planes where they are, and writes the finished picture into `target`; pass an empty
    /// slice if it goes elsewhere. A [`Frame::consumed`] is zeroed when this returns, on every path. After a panic
    /// `target` is zeroed too.
    ///
    /// # Errors
    /// [`VeilError::Busy`], [`VeilError::Paused`], [`VeilError::Revoked`], [`VeilError::Panicked`],
    /// [`VeilError::Poisoned`], [`VeilError::Forked`], [`VeilError::FaceThread`].
    pub fn process(
        &self,
        frame: Frame<'_>,
        target: &mut [u8],
        request: P::Request,
    ) -> Result<P::Reply, VeilError> {
        let mut state = self.shared.enter()?;
        if state.next.is_some() || state.running {
            return Err(VeilError::Busy);
        }
        let mut planes = [Plane::EMPTY; MAX_PLANES];
        let count = frame.planes().len();
        planes[..count].copy_from_slice(frame.planes());
        state.calling = true;
        state.next = Some(Job {
            request,
            planes,
            count,
            target,
            origin: Origin::Call,
        });
        drop(state); // the face thread would wake only to wait for this lock
        self.shared.work.notify_one();
        let mut state = self.shared.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                state.calling = false;
                drop(state);
                drop(frame); // not before: the face thread has let go of the planes only now
                if answer.is_err() {
                    self.shared.bury();
                }
                return answer;
            }
            state = wait(&self.shared.news, state);
        }
    }

    /// Copies a frame into the veil and returns at once. One frame may be in flight and one wait: a newer one takes
    /// the waiting one's place, and that is counted.
    ///
    /// # Errors
    /// As [`Veil::process`]; also [`VeilError::TooLarge`], [`VeilError::Map`] and [`VeilError::Refused`] when a frame
    /// larger than any before finds no memory.
    pub fn submit(&self, frame: Frame<'_>, request: P::Request) -> Result<Ticket, VeilError> {
        // Dropped last: a request's drop is the app's code, which may call this veil.
        let replaced;
        let mut state = self.shared.enter()?;
        replaced = state.next.take();
        let at = match &replaced {
            Some(Job {
                origin: Origin::Slot(at, _),
                ..
            }) => {
                state.stats.dropped += 1;
                *at
            }
            _ => usize::from(state.running_slot == Some(0)),
        };
        state.calling = true;
        state.copying = true;
        let mut slot = std::mem::take(&mut state.slots[at]);
        drop(state);

        let copied = slot.fill(frame.planes(), &self.shared.options, &self.shared.reports);
        drop(frame);
        clear_registers(); // the copy went through this thread's

        let mut state = self.shared.lock();
        // A pause or a revocation that came meanwhile waits for `copying` to end: this frame is not taken then.
        let taken = copied.and_then(|planes| state.open().map(|()| planes));
        if taken.is_err() {
            slot.wipe();
        }
        state.slots[at] = slot;
        state.calling = false;
        state.copying = false;
        self.shared.news.notify_all();
        let (planes, count) = taken?;
        state.tickets += 1;
        let ticket = Ticket(state.tickets);
        state.next = Some(Job {
            request,
            planes,
            count,
            target: &mut [],
            origin: Origin::Slot(at, ticket),
        });
        drop(state); // as in `process`
        self.shared.work.notify_one();
        Ok(ticket)
    }

    /// Whether the pipeline panicked, and everything was wiped: [`Veil::resume`] starts anew.
    pub fn is_poisoned(&self) -> bool {
        self.shared.lock().poisoned
    }

    /// Waits until no frame is under way, none waits and nothing is left to be cleared, submitted ones included; their results
    /// stay for [`Veil::poll`].
    ///
    /// # Errors
    /// [`VeilError::Forked`], [`VeilError::FaceThread`].
    pub fn settle(&self) -> Result<(), VeilError> {
        check_caller()?;
        let mut state = self.shared.lock();
        while state.running || state.next.is_some() || state.later {
            state = wait(&self.shared.news, state);
        }
        Ok(())
    }

    /// Takes the oldest result of the frames submitted, waiting for at most `patience`. The last four are kept.
    ///
    /// On a face thread and in a forked child there is nothing to wait for.
    #[must_use]
    pub fn poll(&self, patience: Duration) -> Option<Finished<P::Reply>> {
        check_caller().ok()?;
        let finished = self.wait_for_result(patience)?;
        if finished.result.is_err() {
            self.shared.bury();
        }
        Some(finished)
    }

    fn wait_for_result(&self, patience: Duration) -> Option<Finished<P::Reply>> {
        let deadline = Instant::now().checked_add(patience);
        let mut state = self.shared.lock();
        loop {
            if let Some(finished) = state.finished.pop_front() {
                return Some(finished);
            }
            let submitted = matches!(
                state.next,
                Some(Job {
                    origin: Origin::Slot(..),
                    ..
                })
            );
            if !(submitted || state.running_slot.is_some()) {
                return None;
            }
            let left = deadline.map_or(Duration::MAX, |d| d.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            let waited = self.shared.news.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Finishes the frame in flight, wipes everything and ends the face thread, and with it every library's
    /// thread-local memory. For the background; [`Veil::resume`] builds the pipeline anew.
    ///
    /// # Errors
    /// [`VeilError::Revoked`], [`VeilError::Forked`], [`VeilError::FaceThread`].
    pub fn pause(&self) -> Result<(), VeilError> {
        check_caller()?;
        match self.shared.end(Phase::Paused) {
            Phase::Revoked | Phase::Closed => Err(VeilError::Revoked),
            Phase::Paused | Phase::Running => Ok(()),
        }
    }

    /// Starts again after [`Veil::pause`], or after a panic.
    ///
    /// # Errors
    /// As [`Veil::new`]. Nothing is changed if the veil runs already.
    pub fn resume(&self) -> Result<(), VeilError> {
        check_caller()?;
        self.shared.start()
    }

    /// What protects this veil's memory, the heap's and that of every [`FrameStore`](crate::FrameStore). In a forked
    /// child there is none.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.shared.protection()
    }

    /// Counts so far. In a forked child there are none.
    #[must_use]
    pub fn stats(&self) -> Stats {
        if os::is_child() {
            return Stats::default();
        }
        let counted = self.shared.lock().stats;
        Stats {
            locked_bytes: self.shared.protection().locked_bytes(),
            ..counted
        }
    }
}

impl<P: Pipeline> Drop for Veil<P> {
    fn drop(&mut self) {
        let live: Arc<dyn Live> = self.shared.clone();
        match check_caller() {
            Ok(()) => {
                self.shared.end(Phase::Closed);
                live::dismiss(&live); // not before: until then `wipe_all` waits for what is under way
            }
            // On a face thread waiting could be waiting for oneself: the thread ends by itself, and its stack must stay
            // mapped. In a child there is no thread, and the locks may be held by one that is not there.
            Err(VeilError::FaceThread) => {
                drop(self.shared.order_end(Phase::Closed));
                std::mem::forget(live);
            }
            Err(_) => std::mem::forget(live),
        }
    }
}

/// Before any lock: in a child it may be held by a thread that is not there.
fn check_caller() -> Result<(), VeilError> {
    if os::is_child() {
        return Err(VeilError::Forked);
    }
    if heap::on_face_thread() {
        return Err(VeilError::FaceThread);
    }
    Ok(())
}

/// What both sides share. No face data but the planes of frames that wait, which lie in vaults.
pub(crate) struct Shared<P: Pipeline> {
    state: Mutex<State<P>>,
    /// Waited on by the face thread.
    pub(crate) work: Condvar,
    /// Waited on by everyone else.
    pub(crate) news: Condvar,
    /// The face thread. Held throughout by whoever starts or ends one, so that there is one at a time; taken before
    /// the state.
    thread: Mutex<Option<os::Thread>>,
    pub(crate) build: Mutex<Box<Builder<P>>>,
    pub(crate) stack: Vault,
    pub(crate) options: Options,
    pub(crate) reports: Arc<Reports>,
    _lease: Option<heap::Lease>,
}

type Builder<P> = dyn FnMut(&Reserve<'_>) -> Result<P, BuildError> + Send;

// SAFETY: the vault is the face thread's stack: it is touched by that thread, and by `reap` after its end, which
// takes the thread's handle out of a mutex first. Everything else is `Sync` by itself.
unsafe impl<P: Pipeline> Sync for Shared<P> {}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    Running,
    #[default]
    Paused,
    Revoked,
    Closed,
}

/// Where a job came from, and so where its answer goes.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// A caller that waits and holds the planes.
    Call,
    /// A slot of the queue.
    Slot(usize, Ticket),
}

pub(crate) struct Job<P: Pipeline> {
    pub(crate) request: P::Request,
    pub(crate) planes: [Plane; MAX_PLANES],
    pub(crate) count: usize,
    pub(crate) target: *mut [u8],
    pub(crate) origin: Origin,
}

// SAFETY: what the pointers lead to is lent to the face thread: by a caller that waits for the answer, or by a slot
// that nobody touches while the job is under way.
unsafe impl<P: Pipeline> Send for Job<P> {}

/// The most results kept for [`Veil::poll`].
const RESULTS: usize = 4;

pub(crate) struct State<P: Pipeline> {
    pub(crate) phase: Phase,
    /// A face thread exists that has not said that it ends.
    pub(crate) alive: bool,
    /// The pipeline panicked, and no new one was built since.
    pub(crate) poisoned: bool,
    /// The face thread is to end.
    pub(crate) ending: bool,
    /// A caller is inside `process` or `submit`, and in the latter copies a frame into a slot.
    calling: bool,
    copying: bool,
    pub(crate) next: Option<Job<P>>,
    /// The face thread has a job in hand, and it came from this slot.
    pub(crate) running: bool,
    pub(crate) running_slot: Option<usize>,
    /// The pipeline was allowed to clear some of the last frame with the one that waits.
    pub(crate) later: bool,
    pub(crate) answer: Option<Result<P::Reply, VeilError>>,
    pub(crate) finished: VecDeque<Finished<P::Reply>>,
    /// How building the pipeline went, and why it failed, until that is told.
    pub(crate) built: Option<Result<(), VeilError>>,
    pub(crate) failed: Option<VeilError>,
    pub(crate) wipes_wanted: u64,
    pub(crate) wipes_done: u64,
    /// The face thread is wiping everything.
    pub(crate) wiping: bool,
    pub(crate) stats: Stats,
    tickets: u64,
    pub(crate) slots: [Slot; 2],
}

impl<P: Pipeline> Default for State<P> {
    fn default() -> State<P> {
        State {
            phase: Phase::default(),
            alive: false,
            poisoned: false,
            ending: false,
            calling: false,
            copying: false,
            next: None,
            running: false,
            running_slot: None,
            later: false,
            answer: None,
            finished: VecDeque::with_capacity(RESULTS),
            built: None,
            failed: None,
            wipes_wanted: 0,
            wipes_done: 0,
            wiping: false,
            stats: Stats::default(),
            tickets: 0,
            slots: Default::default(),
        }
    }
}

impl<P: Pipeline> State<P> {
    /// Whether requests are taken.
    fn open(&self) -> Result<(), VeilError> {
        match self.phase {
            Phase::Revoked | Phase::Closed => Err(VeilError::Revoked),
            Phase::Paused => Err(VeilError::Paused),
            Phase::Running if self.poisoned => Err(VeilError::Poisoned),
            Phase::Running => Ok(()),
        }
    }

    pub(crate) fn is_frame_next(&self) -> bool {
        matches!(&self.next, Some(job) if matches!(job.origin, Origin::Slot(..)))
    }

    /// Publishes a job's end.
    pub(crate) fn finish(&mut self, origin: Origin, result: Result<P::Reply, VeilError>) {
        match origin {
            Origin::Call => self.answer = Some(result),
            Origin::Slot(_, ticket) => {
                if self.finished.len() == RESULTS {
                    self.finished.pop_front();
                }
                self.finished.push_back(Finished { ticket, result });
            }
        }
    }
}

/// Veiled memory for one submitted frame. It grows to the largest frame seen, and not in a steady state.
#[derive(Default)]
pub(crate) struct Slot {
    vault: Option<Vault>,
    used: usize,
}

impl Slot {
    /// Copies the planes in, one after the other, each at a multiple of 64 bytes.
    fn fill(
        &mut self,
        planes: &[Plane],
        options: &Options,
        reports: &Reports,
    ) -> Result<([Plane; MAX_PLANES], usize), VeilError> {
        let too_large = || VeilError::TooLarge {
            purpose: Purpose::Queue,
            count: planes.len(),
            size: usize::MAX,
        };
        let mut total = 0usize;
        for plane in planes {
            let padded = plane.len.checked_next_multiple_of(64).ok_or_else(too_large)?;
            total = total.checked_add(padded).ok_or_else(too_large)?;
        }
        self.wipe(); // nothing to do, unless a frame that waited here gives way to this one
        if total == 0 {
            return Ok(([Plane::EMPTY; MAX_PLANES], planes.len()));
        }
        if self.vault.as_ref().is_none_or(|v| v.len() < total) {
            let vault = Vault::new(Purpose::Queue, total, options.policy, options.backing)?;
            reports.add(vault.report());
            if let Some(old) = self.vault.replace(vault) {
                reports.remove(&old.report());
            }
        }
        let mut copies = [Plane::EMPTY; MAX_PLANES];
        let mut at = 0;
        if let Some(vault) = &self.vault {
            self.used = total;
            for (copy, plane) in copies.iter_mut().zip(planes) {
                // SAFETY: `total` bytes are in the vault, and `at` plus this plane is at most that.
                let start = unsafe { vault.base().add(at) };
                // SAFETY: the caller's plane and ours, both of that length, apart.
                unsafe { start.copy_from_nonoverlapping(plane.start, plane.len) };
                *copy = Plane {
                    start,
                    len: plane.len,
                };
                at += plane.len.next_multiple_of(64);
            }
        }
        Ok((copies, planes.len()))
    }

    /// The face thread has wiped the planes of the job that lay here.
    pub(crate) fn mark_wiped(&mut self) {
        self.used = 0;
    }

    /// Zeroes what was used. Only while no job is under way on this slot.
    pub(crate) fn wipe(&mut self) {
        if let Some(vault) = &self.vault {
            // SAFETY: `&mut self`, and no job under way: nobody else holds the address.
            unsafe { vault.wipe(self.used) };
        }
        self.used = 0;
    }
}

fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

impl<P: Pipeline> Shared<P> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<P>> {
        // No code of a pipeline or an app runs under this lock, so a poisoned one is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a submitted frame waits, and is what comes next.
    pub(crate) fn is_frame_next(&self) -> bool {
        let state = self.lock();
        state.is_frame_next() && !state.ending && state.wipes_done == state.wipes_wanted
    }

    pub(crate) fn wait_for_work<'a>(&self, state: MutexGuard<'a, State<P>>) -> MutexGuard<'a, State<P>> {
        wait(&self.work, state)
    }

    /// The start of every request.
    fn enter(&self) -> Result<MutexGuard<'_, State<P>>, VeilError> {
        check_caller()?;
        let state = self.lock();
        state.open()?;
        if state.calling {
            return Err(VeilError::Busy);
        }
        Ok(state)
    }

    fn lock_thread(&self) -> MutexGuard<'_, Option<os::Thread>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a face thread, unless one runs, and waits until its pipeline is built.
    fn start(self: &Arc<Self>) -> Result<(), VeilError> {
        let mut thread = self.lock_thread();
        let mut state = self.lock();
        if state.alive && !state.poisoned && !state.ending {
            return Ok(());
        }
        state = self.wait_for_end(state); // after a panic it is about to
        drop(state);
        self.reap(&mut thread);

        let mut state = self.lock();
        if matches!(state.phase, Phase::Revoked | Phase::Closed) {
            return Err(VeilError::Revoked);
        }
        state.phase = Phase::Paused;
        state.alive = true;
        state.ending = false;
        state.built = None;
        drop(state);
        // SAFETY: the stack lives in `self`, which outlives the thread: whoever drops the last handle joins first.
        match unsafe { worker::start(Arc::clone(self)) } {
            Ok(handle) => *thread = Some(handle),
            Err(source) => {
                self.lock().alive = false;
                self.news.notify_all();
                return Err(VeilError::Spawn { source });
            }
        }

        let mut state = self.lock();
        let built = loop {
            match state.built.take() {
                Some(built) => break built,
                None => state = wait(&self.news, state),
            }
        };
        // The pipeline's own build may have revoked the consent.
        let built = built.and(if state.ending {
            Err(VeilError::Revoked)
        } else {
            Ok(())
        });
        if built.is_ok() {
            state.phase = Phase::Running;
            state.poisoned = false;
        } else {
            state.ending = true;
            self.work.notify_all();
            state = self.wait_for_end(state);
        }
        drop(state);
        if built.is_err() {
            self.reap(&mut thread);
        }
        built
    }

    /// Has the face thread end, which wipes everything first, and the veil stay in `phase`, or in the last one that it
    /// can have: revoked or closed.
    fn order_end(&self, phase: Phase) -> MutexGuard<'_, State<P>> {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Revoked | Phase::Closed) || phase == Phase::Closed {
            state.phase = phase;
        }
        state.ending = true;
        self.work.notify_all();
        state
    }

    /// Ends the face thread and returns when that is done, with the phase that the veil is in.
    fn end(&self, phase: Phase) -> Phase {
        let mut thread = self.lock_thread();
        let mut state = self.wait_for_end(self.order_end(phase));
        while state.copying {
            state = wait(&self.news, state);
        }
        state.slots.iter_mut().for_each(Slot::wipe);
        let phase = state.phase;
        drop(state);
        self.reap(&mut thread);
        phase
    }

    fn wait_for_end<'a>(&self, mut state: MutexGuard<'a, State<P>>) -> MutexGuard<'a, State<P>> {
        while state.alive {
            state = wait(&self.news, state);
        }
        state
    }

    /// After a panic: joins the thread that ended itself, so that the top of its stack and its thread-locals are gone.
    fn bury(&self) {
        // Whoever holds it starts or ends the thread, and so joins this one first.
        let Ok(mut thread) = self.thread.try_lock() else {
            return;
        };
        if !self.lock().alive {
            self.reap(&mut thread);
        }
    }

    /// Joins a thread that has said that it ends, and wipes its whole stack: the top holds its thread-locals.
    fn reap(&self, thread: &mut Option<os::Thread>) {
        if let Some(thread) = thread.take() {
            os::join(thread, self.stack.backing());
            // SAFETY: no thread runs on it any more.
            unsafe { self.stack.wipe(self.stack.len()) };
        }
    }

    fn protection(&self) -> Protection {
        let mut regions = if os::is_child() {
            Vec::new()
        } else {
            self.reports.list()
        };
        regions.extend(FaceHeap::reports());
        regions.extend(store::reports());
        Protection {
            policy: self.options.policy,
            backing: self.options.backing,
            platform_proven: os::PROVEN,
            heap_installed: FaceHeap::is_installed(),
            regions,
        }
    }
}

impl<P: Pipeline> Live for Shared<P> {
    fn wipe(&self) {
        let mut state = self.lock();
        if heap::on_face_thread() {
            // Nobody waits here. A wipe that is under way will do.
            state.wipes_wanted += u64::from(state.alive && !state.wiping);
            self.work.notify_all();
            return;
        }
        while state.copying {
            state = wait(&self.news, state);
        }
        if state.alive {
            state.wipes_wanted += 1;
            let mine = state.wipes_wanted;
            self.work.notify_all();
            while state.wipes_done < mine {
                state = wait(&self.news, state); // a thread that ends fulfils all wishes
            }
        }
        drop(state);
        self.bury();
    }

    fn revoke(&self) {
        if heap::on_face_thread() {
            drop(self.order_end(Phase::Revoked));
        } else {
            self.end(Phase::Revoked);
        }
    }
}
