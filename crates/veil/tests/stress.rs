//! Random calls from several threads at once: no deadlock, no crash, nothing left.

mod common;

use common::{Adder, Ask, child, consent, maps, options, thread, wipe_list};
use moretta_veil::{Frame, Options, Veil, VeilError, wipe_all};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// How long the calls go on.
const SPAN: Duration = Duration::from_secs(3);
/// How long a call may take before it counts as a deadlock: a thousand times what it needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Marsaglia's xorshift64: the same calls for the same seed.
///
/// # Source
/// Marsaglia 2003, "Xorshift RNGs", section 3, doi:10.18637/jss.v008.i14.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Fails if `body` does not end in time, and says which test and seed it was.
fn watched(name: String, body: impl FnOnce() + Send + 'static) {
    let (ended, wait) = sync_channel(1);
    let runner = thread(&name, move || {
        body();
        let _ = ended.send(());
    });
    match wait.recv_timeout(SPAN + PATIENCE) {
        Ok(()) | Err(RecvTimeoutError::Disconnected) => runner.join().expect("no panic in the calls"),
        Err(RecvTimeoutError::Timeout) => panic!("{name}: a deadlock"),
    }
}

fn call(veil: &Veil<Adder>, dice: &mut Dice) {
    let bytes = vec![0xA5u8; usize::try_from(dice.throw(20_000)).expect("small")];
    let picture = || Frame::borrowed([&bytes[..]]).expect("one plane");
    let ask = match dice.throw(12) {
        0 => Ask::Panic,
        1 => Ask::PanicInWipe,
        2 => Ask::Sum,
        _ => Ask::Add,
    };
    let outcome = match dice.throw(16) {
        0 => veil.pause(),
        1..=3 => veil.resume(),
        4 => {
            wipe_all();
            Ok(())
        }
        5..=7 => {
            let found = veil.poll(Duration::from_millis(dice.throw(3)));
            found.map_or(Ok(()), |f| f.result.map(drop))
        }
        8..=10 => veil.submit(picture(), ask).map(drop),
        11 => veil.submit(Frame::none(), Ask::Sum).map(drop),
        _ => veil.process(picture(), &mut [], ask).map(drop),
    };
    assert!(
        matches!(
            outcome,
            Ok(()) | Err(VeilError::Busy | VeilError::Paused | VeilError::Poisoned | VeilError::Panicked)
        ),
        "{outcome:?}"
    );
}

fn storm(seed: u64) {
    let options = Options {
        stack_bytes: 64 << 10,
        ..options()
    };
    let list = wipe_list();
    let consent = consent();
    let made = Veil::new(&consent, options, move |access| Ok(Adder::build(access, list)?));
    let veil = Arc::new(made.expect("a veil"));
    let end = Instant::now() + SPAN;
    let callers: Vec<_> = (1..=4)
        .map(|n| {
            let veil = Arc::clone(&veil);
            thread("caller", move || {
                let mut dice = Dice(seed * 4 + n);
                let mut calls = 0u64;
                while Instant::now() < end {
                    call(&veil, &mut dice);
                    calls += 1;
                }
                calls
            })
        })
        .collect();
    for caller in callers {
        let calls = caller.join().expect("no panic in the calls");
        assert!(calls > 100, "control: {calls} calls");
    }
    veil.pause().expect("nobody else calls now");
    while veil.poll(Duration::ZERO).is_some() {}
    veil.resume().expect("nobody else calls now");
    let frame = Frame::borrowed([&[1u8, 2][..]]).expect("one plane");
    assert_eq!(veil.process(frame, &mut [], Ask::Add).expect("still usable"), 3);
    consent.revocation().revoke();
    // A run of it: single bytes are in addresses, too.
    let stained = |m: &maps::Mapping| m.has("wf") && m.bytes().windows(16).any(|run| run == [0xA5; 16]);
    assert!(!maps::all().iter().any(stained));
}

#[test]
fn four_threads_that_call_anything_neither_deadlock_nor_crash() {
    child::succeeds(
        "four_threads_that_call_anything_neither_deadlock_nor_crash",
        || {
            let seed = 0x6d6f_7265;
            watched(format!("storm of seed {seed:#x}"), move || storm(seed));
        },
    );
}
