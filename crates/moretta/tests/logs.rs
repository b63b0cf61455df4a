//! What an app's logger hears of a frame. A program of its own: a logger is of the whole process.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use log::{LevelFilter, Log, Metadata, Record};
use moretta::{ErrorKind, Policy, Session};

use common::{Picture, adult, draw, effect, session_with};

/// Counts what it is told.
struct Counter(AtomicUsize);

impl Log for Counter {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &Record<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn flush(&self) {}
}

static COUNTER: Counter = Counter(AtomicUsize::new(0));

#[test]
fn a_strict_session_draws_nothing_that_a_logger_could_count() {
    log::set_logger(&COUNTER).unwrap();
    let consent = adult();
    let portrait = Picture::portrait();
    let blank = Picture {
        rgba: vec![90; portrait.rgba.len()],
        ..Picture::portrait()
    };
    let dressed = |policy| {
        let mut session = session_with(&consent, policy);
        let glasses = effect(&session, "glasses");
        session.wear(Some(&glasses));
        session
    };
    let mut ms = 0;
    // The lines of a frame, once the session is used to the picture.
    let mut heard = |session: &mut Session, picture: &Picture| {
        let mut lines = 0;
        for _ in 0..4 {
            ms += 33;
            let before = COUNTER.0.load(Ordering::SeqCst);
            draw(session, picture, ms).unwrap();
            lines = COUNTER.0.load(Ordering::SeqCst) - before;
        }
        lines
    };

    log::set_max_level(LevelFilter::Debug);
    let mut strict = dressed(Policy::Strict);
    assert_eq!(heard(&mut strict, &portrait), heard(&mut strict, &blank));

    log::set_max_level(LevelFilter::Trace);
    let mut open = dressed(Policy::BestEffort);
    assert!(
        heard(&mut open, &portrait) > heard(&mut open, &blank),
        "else there is nothing to refuse"
    );
    let before = COUNTER.0.load(Ordering::SeqCst);
    let refused = draw(&mut strict, &portrait, 1000).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Protection, "{refused}");
    assert_eq!(COUNTER.0.load(Ordering::SeqCst), before);

    log::set_max_level(LevelFilter::Debug);
    draw(&mut strict, &portrait, 1033).unwrap();
}
