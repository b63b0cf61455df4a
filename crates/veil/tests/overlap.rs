//! What `Options::overlap` puts off, and until when.

#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "a pipeline of the tests' own")]
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{Gate, child, consent, gate, options};
use moretta_veil::{
    Access, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil, VeilError, wipe_all,
};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Event {
    Run(u64),
    Wipe(Extent),
    WipeLater(Extent),
}

/// Notes what is called.
struct Noter {
    events: &'static Mutex<Vec<Event>>,
    /// Where `wipe_later` meets the test twice.
    in_later: Option<&'static Gate>,
}

impl Noter {
    fn note(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(event);
    }
}

// SAFETY: it keeps nothing of a picture.
unsafe impl Pipeline for Noter {
    /// A name, and where the run meets the test twice.
    type Request = (u64, Option<&'static Gate>);
    type Reply = u64;

    fn run(&mut self, (name, gate): Self::Request, _: FrameIo<'_>, _: &Access<'_>) -> (Outcome, u64) {
        self.note(Event::Run(name));
        if let Some(gate) = gate {
            gate.wait();
            gate.wait();
        }
        (Outcome::Faces, name)
    }

    fn wipe(&mut self, extent: Extent) {
        self.note(Event::Wipe(extent));
    }

    fn wipe_later(&mut self, extent: Extent) {
        self.note(Event::WipeLater(extent));
        if let Some(gate) = self.in_later.take() {
            gate.wait();
            gate.wait();
        }
    }
}

struct Bench {
    veil: Veil<Noter>,
    events: &'static Mutex<Vec<Event>>,
    in_later: &'static Gate,
}

impl Bench {
    fn new(options: Options, stops_in_later: bool) -> Self {
        let events: &Mutex<Vec<Event>> = Box::leak(Box::default());
        let in_later = gate();
        let veil = Veil::new(&consent(), options, move |_| {
            let in_later = stops_in_later.then_some(in_later);
            Ok(Noter { events, in_later })
        });
        Self {
            veil: veil.unwrap(),
            events,
            in_later,
        }
    }

    /// Submits a frame that runs until the second meeting at the gate.
    fn hold(&self, name: u64, gate: &'static Gate) {
        let picture = Frame::borrowed([&[1][..]]).unwrap();
        self.veil.submit(picture, (name, Some(gate))).unwrap();
        gate.wait();
    }

    fn submit(&self, name: u64) {
        let picture = Frame::borrowed([&[1][..]]).unwrap();
        self.veil.submit(picture, (name, None)).unwrap();
    }

    fn poll(&self) -> u64 {
        self.veil.poll(PATIENCE).unwrap().result.unwrap()
    }

    fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn overlapping() -> Options {
    Options {
        overlap: true,
        ..options()
    }
}

#[test]
fn a_frame_is_cleared_later_only_where_asked_for_and_where_the_next_one_waits() {
    for (options, first) in [
        (overlapping(), Event::WipeLater(Extent::Frame)),
        (options(), Event::Wipe(Extent::Frame)),
    ] {
        let bench = Bench::new(options, false);
        let gate = gate();
        bench.hold(1, gate);
        bench.submit(2);
        gate.wait();
        assert_eq!((bench.poll(), bench.poll()), (1, 2));
        // Nobody waits behind the second.
        let expected = [Event::Run(1), first, Event::Run(2), Event::Wipe(Extent::Frame)];
        assert_eq!(bench.events(), expected);
        // Nor behind a frame whose caller waits itself.
        bench.veil.process(Frame::none(), &mut [], (3, None)).unwrap();
        assert_eq!(bench.events()[4..], [Event::Run(3), Event::Wipe(Extent::Frame)]);
    }
}

#[test]
fn a_pause_and_a_wipe_of_all_clear_what_was_left() {
    for pause in [true, false] {
        let bench = Bench::new(overlapping(), true);
        let gate = gate();
        bench.hold(1, gate);
        bench.submit(2);
        gate.wait();
        bench.in_later.wait();
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| {
                if pause {
                    bench.veil.pause().unwrap();
                } else {
                    wipe_all();
                }
            });
            // The wish is there, or comes while the second frame runs, which it waits for.
            std::thread::sleep(Duration::from_millis(100));
            bench.in_later.wait();
            asked.join().unwrap();
        });
        let events = bench.events();
        assert_eq!(events[..2], [Event::Run(1), Event::WipeLater(Extent::Frame)]);
        assert_eq!(events.last(), Some(&Event::Wipe(Extent::All)), "{events:?}");
    }
}

#[test]
fn what_was_left_is_cleared_at_once_if_the_next_frame_is_withdrawn() {
    child::succeeds(
        "what_was_left_is_cleared_at_once_if_the_next_frame_is_withdrawn",
        || {
            child::limit_locks(8 << 20);
            let strict = Options {
                policy: Policy::Strict,
                ..overlapping()
            };
            let bench = Bench::new(strict, true);
            let gate = gate();
            bench.hold(1, gate);
            bench.submit(2);
            gate.wait();
            bench.in_later.wait();
            // It takes the second one's place, and finds no memory.
            let large = vec![1; 64 << 20];
            let refused = bench
                .veil
                .submit(Frame::borrowed([&large[..]]).unwrap(), (3, None));
            assert!(matches!(refused, Err(VeilError::Refused { .. })), "{refused:?}");
            bench.in_later.wait();
            assert_eq!(bench.poll(), 1);
            bench.veil.settle().unwrap();
            let expected = [
                Event::Run(1),
                Event::WipeLater(Extent::Frame),
                Event::Wipe(Extent::Frame),
            ];
            assert_eq!(bench.events(), expected);
        },
    );
}
