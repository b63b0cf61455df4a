//! The face thread's side: take a job, run it, wipe, answer.

use crate::buffer::{Keep, Registry};
use crate::frame::MAX_PLANES;
use crate::pipeline::{Extent, FrameIo, Outcome, Pipeline};
use crate::veil::{Job, Origin, Phase, Shared, Slot};
use crate::wipe::{clear_registers, wipe};
use crate::{VeilError, heap, hook, os, stack};
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::{Arc, PoisonError};

/// Starts the face thread.
///
/// # Safety
/// `shared` must outlive the thread: its stack lies there.
pub(crate) unsafe fn start<P: Pipeline>(shared: Arc<Shared<P>>) -> std::io::Result<os::Thread> {
    let (base, len) = (shared.stack.base(), shared.stack.len());
    let argument = Box::into_raw(Box::new(shared));
    // SAFETY: the stack stays mapped, by the caller's promise; `entry` expects such a box.
    let started = unsafe { os::start(base, len, entry::<P>, argument.cast()) };
    if started.is_err() {
        // SAFETY: no thread took it over.
        drop(unsafe { Box::from_raw(argument) });
    }
    started
}

extern "C" fn entry<P: Pipeline>(argument: *mut c_void) -> *mut c_void {
    os::begin_thread();
    heap::enter_face_thread();
    // SAFETY: `start` made it for this call.
    let shared = *unsafe { Box::from_raw(argument.cast::<Arc<Shared<P>>>()) };
    serve(&shared);
    std::ptr::null_mut()
}

/// What the face thread does next.
enum Order<P: Pipeline> {
    Run(Job<P>),
    /// Wipe everything; all wishes up to this number are then fulfilled.
    Wipe(u64),
    /// Clear what was left for later: the frame that was to do so did not come.
    Settle,
    End,
}

/// An answer that is given when all is wiped.
type Answer<P> = (Origin, Result<<P as Pipeline>::Reply, VeilError>);

/// The life of a face thread.
///
/// 1. Build the pipeline.
/// 2. Until told to end, or a panic: run the next job, wipe everything or what was left for later, and clear up behind it.
/// 3. Wipe everything, drop the pipeline, answer who still waits.
fn serve<P: Pipeline>(shared: &Shared<P>) {
    let registry = Registry::new(
        shared.options.policy,
        shared.options.backing,
        Arc::clone(&shared.reports),
    );
    let mut pipeline = stack::deep(|| build(shared, &registry));
    let mut unanswered: Option<Answer<P>> = None;
    if let Some(pipeline) = &mut pipeline {
        loop {
            match next_order(shared) {
                Order::End => break,
                Order::Settle => {
                    let whole = stack::deep(|| hook::quietly(|| pipeline.wipe(Extent::Frame)).is_some());
                    clear_up(shared);
                    if !whole {
                        shared.lock().poisoned = true;
                        break;
                    }
                    settled(shared);
                }
                Order::Wipe(wish) => {
                    let whole = stack::deep(|| wipe_everything(pipeline, &registry));
                    clear_up(shared);
                    if !whole {
                        shared.lock().poisoned = true;
                        break;
                    }
                    wiped(shared, wish);
                }
                Order::Run(job) => {
                    let origin = job.origin;
                    let (result, later) = stack::deep(|| run(shared, pipeline, &registry, job));
                    clear_up(shared);
                    if result.is_err() {
                        shared.lock().poisoned = true;
                        unanswered = Some((origin, result));
                        break;
                    }
                    answer(shared, (origin, result), later);
                }
            }
        }
    }
    stack::deep(|| {
        if let Some(mut pipeline) = pipeline {
            wipe_everything(&mut pipeline, &registry);
            let _ = hook::quietly(|| drop(pipeline)); // what its buffers held is wiped, whatever it does
        }
        // SAFETY: no access is lent, and none will be.
        unsafe { registry.close() };
    });
    clear_up(shared);
    end(shared, unanswered);
}

/// Builds the pipeline and says how that went.
fn build<P: Pipeline>(shared: &Shared<P>, registry: &Rc<Registry>) -> Option<P> {
    let mut build = shared.build.lock().unwrap_or_else(PoisonError::into_inner);
    let built = hook::quietly(|| build(&registry.lend_room()));
    let (pipeline, outcome) = match built {
        Some(Ok(pipeline)) => (Some(pipeline), Ok(())),
        Some(Err(source)) => (None, Err(VeilError::Build { source })),
        None => (None, Err(VeilError::Panicked)),
    };
    if outcome.is_ok() {
        shared.lock().built = Some(outcome);
        shared.news.notify_all();
    } else {
        shared.lock().failed = outcome.err(); // told when the thread has cleared up
    }
    pipeline
}

fn next_order<P: Pipeline>(shared: &Shared<P>) -> Order<P> {
    let mut state = shared.lock();
    loop {
        if state.ending {
            return Order::End;
        }
        if state.wipes_done < state.wipes_wanted {
            state.wiping = true;
            return Order::Wipe(state.wipes_wanted);
        }
        if state.later && !state.is_frame_next() {
            return Order::Settle;
        }
        if let Some(job) = state.next.take() {
            state.running = true;
            state.running_slot = match job.origin {
                Origin::Call => None,
                Origin::Slot(at, _) => Some(at),
            };
            return Order::Run(job);
        }
        state = shared.wait_for_work(state);
    }
}

/// Runs one job and wipes what it leaves, on every path. Says whether the pipeline was allowed to clear some of it later.
fn run<P: Pipeline>(
    shared: &Shared<P>,
    pipeline: &mut P,
    registry: &Rc<Registry>,
    job: Job<P>,
) -> (Result<P::Reply, VeilError>, bool) {
    let Job {
        request,
        planes,
        count,
        target,
        origin,
    } = job;
    let mut slices: [&[u8]; MAX_PLANES] = [&[]; MAX_PLANES];
    for (slice, plane) in slices.iter_mut().zip(&planes[..count]) {
        // SAFETY: lent until this job is answered: by a caller that waits, or by a slot.
        *slice = unsafe { std::slice::from_raw_parts(plane.start.as_ptr(), plane.len) };
    }
    let ran = hook::quietly(|| {
        // SAFETY: lent mutably until this job is answered.
        let target = unsafe { &mut *target };
        pipeline.run(
            request,
            FrameIo {
                planes: &slices[..count],
                target,
            },
            &registry.lend(),
        )
    });
    let extent = match ran {
        Some((Outcome::NoFace, _)) => Extent::Track,
        Some((Outcome::Faces | Outcome::Unchanged, _)) => Extent::Frame,
        None => Extent::All,
    };
    // SAFETY: `run` returned, and the access that it was lent with it.
    unsafe { registry.wipe(|keep| extent_of(keep) <= extent) };
    let later = shared.options.overlap
        && extent < Extent::All
        && matches!(origin, Origin::Slot(..))
        && shared.is_frame_next();
    let cleared = hook::quietly(|| match later {
        true => pipeline.wipe_later(extent),
        false => pipeline.wipe(extent),
    });
    let finished = ran.is_some() && cleared.is_some();
    if !finished {
        // A panic may have left half a picture.
        // SAFETY: lent mutably until this job is answered.
        unsafe { wipe(target.cast(), target.len()) };
    }
    if let Origin::Slot(..) = origin {
        for plane in &planes[..count] {
            // SAFETY: the slot's memory, ours until this job is answered.
            unsafe { wipe(plane.start.as_ptr(), plane.len) };
        }
    }
    match (ran, cleared) {
        (Some((_, reply)), Some(())) => (Ok(reply), later),
        _ => (Err(VeilError::Panicked), false),
    }
}

/// The least extent that wipes a buffer of this kind.
fn extent_of(keep: Keep) -> Extent {
    match keep {
        Keep::Frame => Extent::Frame,
        Keep::Track => Extent::Track,
        Keep::Session => Extent::All,
    }
}

/// Returns false if the pipeline panicked over it: it cannot be trusted any more.
fn wipe_everything<P: Pipeline>(pipeline: &mut P, registry: &Registry) -> bool {
    // SAFETY: no access is lent between jobs.
    unsafe { registry.wipe(|_| true) };
    hook::quietly(|| pipeline.wipe(Extent::All)).is_some()
}

/// Zeroes what the frame left in registers and on the dead part of the stack.
///
/// In that order: what is spilled on the stack from here on is zero.
fn clear_up<P: Pipeline>(shared: &Shared<P>) {
    clear_registers();
    // SAFETY: this is the thread whose stack that vault is.
    unsafe { stack::wipe_below(shared.stack.base().as_ptr()) };
}

fn answer<P: Pipeline>(shared: &Shared<P>, (origin, result): Answer<P>, later: bool) {
    let mut state = shared.lock();
    state.later = later;
    state.stats.overlapped += u64::from(later);
    if let Some(at) = state.running_slot.take() {
        state.slots[at].mark_wiped();
    }
    state.running = false;
    state.stats.frames += 1;
    state.finish(origin, result);
    drop(state); // the caller would wake only to wait for this lock
    shared.news.notify_all();
}

fn settled<P: Pipeline>(shared: &Shared<P>) {
    shared.lock().later = false;
    shared.news.notify_all();
}

fn wiped<P: Pipeline>(shared: &Shared<P>, wish: u64) {
    let mut state = shared.lock();
    // A caller's own planes stay; a frame that waits in the queue is face data like all else.
    let waiting = state.next.take_if(|job| matches!(job.origin, Origin::Slot(..)));
    if let Some(Job {
        origin: Origin::Slot(at, _),
        ..
    }) = waiting
    {
        state.slots[at].wipe();
        state.stats.dropped += 1;
    }
    state.wipes_done = wish;
    state.wiping = false;
    state.later = false;
    state.stats.wipes += 1;
    shared.news.notify_all();
    drop(state);
    let _ = hook::quietly(|| drop(waiting)); // a request's drop is the app's code, and not for under the lock
}

fn end<P: Pipeline>(shared: &Shared<P>, unanswered: Option<Answer<P>>) {
    let mut state = shared.lock();
    if let Some((origin, result)) = unanswered {
        state.finish(origin, result);
    }
    let waiting = state.next.take();
    if let Some(Job { origin, .. }) = waiting {
        let refused = match state.phase {
            Phase::Paused => VeilError::Paused,
            Phase::Revoked | Phase::Closed => VeilError::Revoked,
            Phase::Running => VeilError::Poisoned,
        };
        state.stats.dropped += u64::from(matches!(origin, Origin::Slot(..)));
        state.finish(origin, Err(refused));
    }
    // A slot that is being filled is not here: whoever fills it wipes it.
    state.slots.iter_mut().for_each(Slot::wipe);
    state.running = false;
    state.running_slot = None;
    state.later = false;
    state.wipes_done = state.wipes_wanted;
    state.wiping = false;
    state.stats.wipes += 1;
    state.alive = false;
    if let Some(error) = state.failed.take() {
        state.built = Some(Err(error));
    }
    shared.news.notify_all();
    drop(state);
    let _ = hook::quietly(|| drop(waiting));
}
