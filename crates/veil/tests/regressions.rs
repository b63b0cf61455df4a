//! Faults that were found once, each by its smallest example.

#![allow(unsafe_code, reason = "the tests' pipelines join the trusted base")]

mod common;

use common::{Act, Adder, Ask, adder, child, consent, gate, maps, options, thread, wipe_list};
use moretta_veil::{
    Access, Backing, Extent, FaceBuffer, Frame, FrameIo, Held, Keep, Options, Outcome, Pipeline, Policy,
    Veil, VeilError, wipe_all,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

const PAGE: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough for a call that does not wait to come back: only ever a chance to fail, never to pass.
const GRACE: Duration = Duration::from_millis(300);

fn picture(bytes: &[u8]) -> Frame<'_> {
    Frame::borrowed([bytes]).expect("one plane")
}

/// Runs `call` on another thread and returns a receiver that hears when it is over.
fn hears_the_end(call: impl FnOnce() + Send + 'static) -> std::sync::mpsc::Receiver<()> {
    let (over, heard) = sync_channel(1);
    thread("caller", move || {
        call();
        let _ = over.send(());
    });
    heard
}

/// b01: a face thread that is about to end, and a resume: two threads on one stack.
#[test]
fn resuming_while_a_frame_panics_starts_one_thread_at_a_time() {
    child::succeeds(
        "resuming_while_a_frame_panics_starts_one_thread_at_a_time",
        || {
            let veil = Arc::new(adder(&consent(), wipe_list()));
            let stop = Arc::new(AtomicBool::new(false));
            let resumers: Vec<_> = (0..3)
                .map(|_| {
                    let (veil, stop) = (Arc::clone(&veil), Arc::clone(&stop));
                    thread("resumer", move || {
                        while !stop.load(Ordering::SeqCst) {
                            veil.resume().expect("resumed");
                        }
                    })
                })
                .collect();
            let end = Instant::now() + Duration::from_secs(3);
            let mut panics = 0;
            while Instant::now() < end {
                let answer = veil.process(picture(&[1]), &mut [], Ask::Panic);
                panics += u32::from(matches!(answer, Err(VeilError::Panicked)));
            }
            stop.store(true, Ordering::SeqCst);
            for resumer in resumers {
                resumer.join().expect("no panic");
            }
            assert!(panics > 10, "control: {panics} panics");
        },
    );
}

/// b02
#[test]
fn a_waiting_frame_is_wiped_when_a_request_without_one_takes_its_place() {
    let veil = adder(&consent(), wipe_list());
    let gate = gate();
    veil.submit(Frame::none(), Ask::Wait(gate)).unwrap();
    gate.wait();
    let waiting = 77 * PAGE;
    veil.submit(picture(&vec![0xA5; waiting]), Ask::Add).unwrap();
    let slot = &maps::vaults_of(waiting)[0];
    assert_eq!(slot.stains(), waiting, "control: it waits there");
    veil.submit(Frame::none(), Ask::Sum).unwrap();
    let left = slot.stains();
    gate.wait();
    assert_eq!(left, 0);
    while let Some(finished) = veil.poll(PATIENCE) {
        assert_eq!(finished.result.unwrap(), 0);
    }
}

/// b04: `mmap(MAP_FIXED)` of secret memory that is refused leaves a hole in the reservation.
#[test]
fn secret_memory_beyond_the_limit_falls_back_to_ordinary_memory() {
    child::succeeds(
        "secret_memory_beyond_the_limit_falls_back_to_ordinary_memory",
        || {
            child::limit_locks(64 << 10);
            let options = Options {
                backing: Backing::Secret,
                ..options()
            };
            let made = Veil::new(&consent(), options, |access| {
                Ok(Adder::build(access, wipe_list())?)
            });
            let veil = made.expect("ordinary memory");
            assert_eq!(veil.process(picture(&[5]), &mut [], Ask::Add).unwrap(), 5);
            let refused = |h| matches!(h, Held::Refused(_));
            assert!(veil.protection().regions.iter().any(|r| refused(r.secret)));
        },
    );
}

/// b05
#[test]
fn a_pipeline_that_polls_its_own_veil_does_not_wait_for_itself() {
    static VEIL: OnceLock<Veil<Act>> = OnceLock::new();
    let veil = Veil::new(&consent(), options(), |_| {
        Ok(Act::new(|_, _, _| {
            let found = VEIL.get().expect("set by now").poll(Duration::MAX);
            (Outcome::Unchanged, found.is_some().into())
        }))
    });
    let veil = VEIL.get_or_init(|| veil.expect("a veil"));
    veil.submit(Frame::none(), 0).unwrap();
    let finished = veil.poll(PATIENCE).expect("a result, not a deadlock");
    assert_eq!(finished.result.unwrap(), 0);
}

/// Finishes its picture, then panics over its wipe.
struct Spoiler;

// SAFETY: keeps nothing.
unsafe impl Pipeline for Spoiler {
    type Request = ();
    type Reply = ();

    fn run(&mut self, (): (), io: FrameIo<'_>, _: &Access<'_>) -> (Outcome, ()) {
        io.target.fill(0xA5);
        (Outcome::Faces, ())
    }

    fn wipe(&mut self, extent: Extent) {
        assert!(extent == Extent::All, "the wipe itself");
    }
}

/// b06
#[test]
fn a_picture_whose_wipe_panicked_is_zeroed() {
    let veil = Veil::new(&consent(), options(), |_| Ok(Spoiler)).unwrap();
    let mut target = [1u8; 8];
    assert!(matches!(
        veil.process(Frame::none(), &mut target, ()),
        Err(VeilError::Panicked)
    ));
    assert_eq!(target, [0; 8]);
}

/// b07
#[test]
fn a_second_revocation_waits_as_the_first_does() {
    let consent = consent();
    let gate = gate();
    let inner = consent.revocation();
    let veil = Veil::new(&consent, options(), move |_| {
        let inner = inner.clone();
        Ok(Act::new(move |_, _, _| {
            inner.revoke(); // on the face thread: begun, not done
            gate.wait();
            gate.wait();
            (Outcome::Faces, 0)
        }))
    })
    .unwrap();
    veil.submit(Frame::none(), 0).unwrap();
    gate.wait();
    let outer = consent.revocation();
    let over = hears_the_end(move || outer.revoke());
    let early = over.recv_timeout(GRACE).is_ok();
    gate.wait();
    assert!(!early, "it came back while a frame was under way");
    over.recv_timeout(PATIENCE).expect("it ends when the frame has");
}

/// A request that asks the veil for its counts when it is dropped.
struct Asking(Option<Arc<OnceLock<Arc<Veil<Patient>>>>>);

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(veil) = &self.0 {
            let _ = veil.get().expect("set by now").stats();
        }
    }
}

struct Patient(&'static common::Gate);

// SAFETY: keeps nothing.
unsafe impl Pipeline for Patient {
    type Request = Asking;
    type Reply = ();

    fn run(&mut self, request: Asking, _: FrameIo<'_>, _: &Access<'_>) -> (Outcome, ()) {
        if request.0.is_none() {
            self.0.wait();
            self.0.wait();
        }
        (Outcome::Unchanged, ())
    }

    fn wipe(&mut self, _: Extent) {}
}

/// b08
#[test]
fn a_request_that_gives_way_is_dropped_where_it_may_call_the_veil() {
    let gate = gate();
    let over = hears_the_end(move || {
        let made = Veil::new(&consent(), options(), move |_| Ok(Patient(gate)));
        let veil = Arc::new(made.expect("a veil"));
        let cell = Arc::new(OnceLock::new());
        cell.set(Arc::clone(&veil)).ok().expect("once");
        veil.submit(Frame::none(), Asking(None)).unwrap();
        gate.wait();
        veil.submit(Frame::none(), Asking(Some(Arc::clone(&cell))))
            .unwrap();
        veil.submit(Frame::none(), Asking(Some(cell))).unwrap();
        gate.wait();
        veil.poll(PATIENCE).expect("a result");
        veil.pause().unwrap();
    });
    over.recv_timeout(PATIENCE).expect("no deadlock");
}

/// A panic's payload that quotes a face when it is dropped.
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        let words = "Q".repeat(64 << 10);
        assert!(!self.0, "{words}");
    }
}

/// b09
#[test]
fn the_words_of_a_payload_that_panics_are_wiped() {
    child::succeeds("the_words_of_a_payload_that_panics_are_wiped", || {
        for explodes in [false, true] {
            let veil = Veil::new(&consent(), options(), move |_| {
                Ok(Act::new(move |_, _, _| std::panic::panic_any(Bomb(explodes))))
            })
            .unwrap();
            let panicked = veil.process(Frame::none(), &mut [], 0);
            assert!(matches!(panicked, Err(VeilError::Panicked)));
            veil.pause().unwrap();
            let heaps = maps::all().into_iter().filter(|m| m.has("wf"));
            let words: usize = heaps
                .map(|m| m.bytes().into_iter().filter(|&b| b == b'Q').count())
                .sum();
            assert!(words < 100, "{words} bytes of them, explodes: {explodes}");
        }
    });
}

/// b10: giving refused memory back wrote, and so took, all of it.
#[test]
fn refused_memory_is_given_back_untouched() {
    child::succeeds("refused_memory_is_given_back_untouched", || {
        child::limit_locks(4 << 20);
        let before = maps::status_kb("VmHWM");
        let strict = Options {
            policy: Policy::Strict,
            ..options()
        };
        let refused = Veil::new(&consent(), strict, |access| {
            let _large: FaceBuffer<u8> = access.reserve(Keep::Frame, 1 << 30)?;
            Ok(Adder::build(access, wipe_list())?)
        });
        assert!(matches!(refused.map(drop), Err(VeilError::Build { .. })));
        let grown = maps::status_kb("VmHWM") - before;
        assert!(grown < 64 << 10, "{grown} kB were touched");
    });
}

/// b11
#[test]
fn a_heap_may_be_asked_to_grow_little_by_little() {
    child::succeeds("a_heap_may_be_asked_to_grow_little_by_little", || {
        for step in 0..100 {
            let options = Options {
                heap_bytes: (64 << 10) + step * PAGE,
                ..options()
            };
            let made = Veil::new(&consent(), options, |access| {
                Ok(Adder::build(access, wipe_list())?)
            });
            made.map(drop).unwrap_or_else(|e| panic!("step {step}: {e}"));
        }
    });
}

/// b12: a strict attempt that failed left the heap strict.
#[test]
fn best_effort_after_a_strict_attempt_that_failed_is_best_effort() {
    child::succeeds(
        "best_effort_after_a_strict_attempt_that_failed_is_best_effort",
        || {
            child::limit_locks(4 << 20);
            let strict = Options {
                policy: Policy::Strict,
                ..options()
            };
            let refused = Veil::new(&consent(), strict, |access| {
                let _large: FaceBuffer<u8> = access.reserve(Keep::Frame, 4 << 20)?;
                Ok(Adder::build(access, wipe_list())?)
            });
            assert!(matches!(refused.map(drop), Err(VeilError::Build { .. })));
            let veil = Veil::new(&consent(), options(), |_| {
                Ok(Act::new(|len, _, _| {
                    let len = usize::try_from(len).expect("a length");
                    (Outcome::Faces, vec![1u8; len].len() as u64)
                }))
            })
            .unwrap();
            assert_eq!(veil.process(Frame::none(), &mut [], 8 << 20).unwrap(), 8 << 20);
        },
    );
}

/// b13: a child inherits no lock, and a veil made there used the parent's heap.
#[test]
fn a_veil_made_in_a_forked_child_reports_what_is_locked_there() {
    child::succeeds(
        "a_veil_made_in_a_forked_child_reports_what_is_locked_there",
        || {
            let parents = adder(&consent(), wipe_list());
            assert_eq!(
                parents.stats().locked_bytes,
                maps::status_kb("VmLck") << 10,
                "control"
            );
            let code = child::forked(|| {
                let made = Veil::new(&consent(), options(), |access| {
                    Ok(Adder::build(access, wipe_list())?)
                });
                match made {
                    Ok(veil) if veil.stats().locked_bytes == maps::status_kb("VmLck") << 10 => 1,
                    Ok(_) => 2,
                    Err(VeilError::Forked) => 3,
                    Err(_) => 4,
                }
            });
            assert!(
                matches!(code, 1 | 3),
                "true, or refused; 2 is an untrue report: {code}"
            );
        },
    );
}

/// b14
#[test]
fn wipe_all_waits_for_a_veil_that_is_being_dropped() {
    child::succeeds("wipe_all_waits_for_a_veil_that_is_being_dropped", || {
        let veil = adder(&consent(), wipe_list());
        let gate = gate();
        veil.submit(Frame::none(), Ask::Wait(gate)).unwrap();
        gate.wait();
        let dropped = hears_the_end(move || drop(veil));
        assert!(dropped.recv_timeout(GRACE).is_err(), "control: a drop waits");
        let wiped = hears_the_end(|| {
            wipe_all();
        });
        let early = wiped.recv_timeout(GRACE).is_ok();
        gate.wait();
        assert!(!early, "it came back while a frame was under way");
        wiped.recv_timeout(PATIENCE).expect("it ends when the frame has");
        dropped.recv_timeout(PATIENCE).expect("and so does the drop");
    });
}

/// A lenient veil asked for more heap than can be locked, and a strict one was handed it.
#[test]
fn a_lenient_veil_brings_no_open_heap_under_a_strict_one() {
    child::succeeds("a_lenient_veil_brings_no_open_heap_under_a_strict_one", || {
        child::limit_locks(4 << 20);
        let small = Options {
            policy: Policy::Strict,
            heap_bytes: 64 << 10,
            ..options()
        };
        let strict = Veil::new(&consent(), small, |_| Ok(Spoiler)).expect("little enough");
        assert!(strict.protection().is_whole(), "control");
        let greedy = Options {
            heap_bytes: 64 << 20,
            ..options()
        };
        let lenient = Veil::new(&consent(), greedy, |_| Ok(Spoiler)).expect("it makes do");
        assert!(strict.protection().is_whole());
        drop(lenient);
    });
}

/// A heap of ordinary memory under a veil that asked for secret memory was reported as whole.
#[test]
fn an_open_heap_under_a_secret_veil_is_not_whole() {
    child::succeeds("an_open_heap_under_a_secret_veil_is_not_whole", || {
        let first = Veil::new(&consent(), options(), |_| Ok(Spoiler)).unwrap();
        assert!(first.protection().is_whole(), "control");
        let options = Options {
            backing: Backing::Secret,
            ..options()
        };
        let second = Veil::new(&consent(), options, |_| Ok(Spoiler)).unwrap();
        assert!(!second.protection().is_whole());
    });
}

/// A frame that waits when everything is wiped is dropped, and its copy zeroed.
#[test]
fn a_waiting_frame_goes_with_a_wipe() {
    child::succeeds("a_waiting_frame_goes_with_a_wipe", || {
        let veil = adder(&consent(), wipe_list());
        let gate = gate();
        veil.submit(Frame::none(), Ask::Wait(gate)).unwrap();
        gate.wait();
        let waiting = 77 * PAGE;
        veil.submit(picture(&vec![0xA5; waiting]), Ask::Add).unwrap();
        let slot = &maps::vaults_of(waiting)[0];
        assert_eq!(slot.stains(), waiting, "control: it waits there");
        let wiped = hears_the_end(|| {
            wipe_all();
        });
        assert!(
            wiped.recv_timeout(GRACE).is_err(),
            "control: the frame under way comes first"
        );
        gate.wait();
        wiped.recv_timeout(PATIENCE).expect("wiped");
        assert_eq!((slot.stains(), veil.stats().dropped), (0, 1));
    });
}

/// The app's signal handlers do not run on the face thread, and faults do reach it.
#[test]
fn signals_are_blocked_on_the_face_thread_and_faults_are_not() {
    let _veil = adder(&consent(), wipe_list());
    let mask = |name: &str| -> u64 {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let task = tasks
            .map(|t| t.unwrap().path())
            .find(|t| std::fs::read_to_string(t.join("comm")).is_ok_and(|comm| comm.trim() == name));
        let status = std::fs::read_to_string(task.expect(name).join("status")).unwrap();
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigBlk:"))
            .unwrap();
        u64::from_str_radix(mask.trim(), 16).unwrap()
    };
    let bit = |signal: i32| 1u64 << (signal - 1);
    let blocked = mask("moretta-face");
    assert_eq!(blocked & bit(libc::SIGUSR1), bit(libc::SIGUSR1));
    assert_eq!(blocked & bit(libc::SIGPROF), bit(libc::SIGPROF));
    assert_eq!(blocked & (bit(libc::SIGSEGV) | bit(libc::SIGABRT)), 0);
}
