//! A wipe of everything while a session lives. Alone in its program, whose every session it wipes.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use moretta::wipe_all;

use common::{Picture, adult, draw, effect, session};

#[test]
fn a_session_goes_on_after_a_wipe_of_everything() {
    let consent = adult();
    let mut session = session(&consent, false);
    let glasses = effect(&session, "glasses");
    session.wear(Some(&glasses));
    let portrait = Picture::portrait();
    let before = draw(&mut session, &portrait, 0).unwrap().0;
    assert_eq!(wipe_all(), 1);
    let after = draw(&mut session, &portrait, 33).unwrap().0;
    let drawn = portrait.differences(&after, 24);
    assert!(drawn > 0, "the glasses are worn");
    assert_eq!(drawn, portrait.differences(&before, 24), "as in a first frame");
}
