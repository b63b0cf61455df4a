//! A session from consent to the end, on a public-domain portrait.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use moretta::{Error, ErrorKind, Frame, Output, Pack, Presence, Session};

use common::{Picture, adult, draw, effect, pack_files, session};

#[test]
fn without_an_effect_the_picture_is_as_it_came() {
    let consent = adult();
    let mut session = session(&consent, false);
    let portrait = Picture::portrait();
    let (finished, processed) = draw(&mut session, &portrait, 0).unwrap();
    assert_eq!(portrait.differences(&finished, 0), 0);
    assert_eq!(processed.presence, None, "nothing is disclosed unless asked for");
}

#[test]
fn glasses_are_drawn_on_the_face_and_nowhere_else() {
    let consent = adult();
    let mut session = session(&consent, false);
    let glasses = effect(&session, "glasses");
    session.wear(Some(&glasses));
    let portrait = Picture::portrait();
    let (finished, processed) = draw(&mut session, &portrait, 0).unwrap();
    let changed = portrait.differences(&finished, 24);
    assert!((200..10_000).contains(&changed), "{changed} pixels");
    // The upper left corner is far from the face.
    let corner = portrait.width as usize * 4 * 16;
    assert_eq!(portrait.rgba[..corner], finished[..corner]);
    assert!(processed.times.whole >= processed.times.track + processed.times.draw);

    session.wear(None);
    let (finished, _) = draw(&mut session, &portrait, 33).unwrap();
    assert_eq!(portrait.differences(&finished, 0), 0, "taken off again");
}

#[test]
fn presence_is_told_if_the_app_asked_for_it() {
    let consent = adult();
    let mut session = session(&consent, true);
    let portrait = Picture::portrait();
    let seen = draw(&mut session, &portrait, 0).unwrap().1;
    assert_eq!(seen.presence, Some(Presence::One));
    let blank = Picture {
        rgba: vec![90; portrait.rgba.len()],
        ..portrait
    };
    let seen = draw(&mut session, &blank, 33).unwrap().1;
    assert_eq!(seen.presence, Some(Presence::Nobody));
    assert_eq!(session.report().to_json()["disclosures"]["presence"], true);
}

#[test]
fn a_lone_face_that_is_missed_for_a_frame_comes_back_as_who_it_was() {
    let consent = adult();
    let mut session = session(&consent, false);
    let portrait = Picture::portrait();
    let blank = Picture {
        rgba: vec![90; portrait.rgba.len()],
        ..portrait
    };
    let portrait = Picture::portrait();
    // Glasses that a tap puts on: a face remembers whether it wears them.
    let files = pack_files("glasses").into_iter().map(|(name, bytes)| {
        if name != "effect.json" {
            return (name, bytes);
        }
        let text = String::from_utf8(bytes).unwrap();
        let edited = text
            .replace("\"kind\"", "\"when\": \"state.on\", \"kind\"")
            .replace(
                "\"nodes\"",
                "\"states\": [\"off\", \"on\"],
                 \"triggers\": [{ \"on\": \"tap\", \"do\": [{ \"set_state\": \"on\" }] }], \"nodes\"",
            );
        (name, edited.into_bytes())
    });
    let files: Vec<_> = files.collect();
    let glasses = session.load(Pack::from_files(files).unwrap().effect()).unwrap();
    session.wear(Some(&glasses));
    let mut ms = 0;
    let mut wears = |session: &mut Session, picture: &Picture| {
        ms += 33;
        let (finished, _) = draw(session, picture, ms).unwrap();
        picture.differences(&finished, 8) > 100
    };
    assert!(!wears(&mut session, &portrait));
    session.tap();
    assert!(wears(&mut session, &portrait));
    for missed in [1, 2] {
        for _ in 0..missed {
            assert!(!wears(&mut session, &blank));
        }
        assert!(wears(&mut session, &portrait), "after {missed} frames");
    }
    for _ in 0..3 {
        assert!(!wears(&mut session, &blank));
    }
    assert!(
        !wears(&mut session, &portrait),
        "whoever comes now is somebody else"
    );
}

#[test]
fn a_pause_stops_it_and_a_resume_starts_it_again_with_the_same_effect() {
    let consent = adult();
    let mut session = session(&consent, false);
    let glasses = effect(&session, "glasses");
    session.wear(Some(&glasses));
    let portrait = Picture::portrait();
    let before = draw(&mut session, &portrait, 0).unwrap().0;
    session.pause().unwrap();
    let error = draw(&mut session, &portrait, 33).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    session.resume().unwrap();
    let after = draw(&mut session, &portrait, 66).unwrap().0;
    assert_eq!(
        portrait.differences(&after, 24),
        portrait.differences(&before, 24)
    );
    session.trim().unwrap();
    draw(&mut session, &portrait, 132).unwrap();
}

#[test]
fn revoked_consent_is_the_end() {
    let consent = adult();
    let mut session = session(&consent, false);
    let portrait = Picture::portrait();
    draw(&mut session, &portrait, 0).unwrap();
    consent.revocation().revoke();
    let error = draw(&mut session, &portrait, 33).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protection, "{error}");
    assert!(session.resume().is_err());
}

#[test]
fn what_does_not_fit_is_refused_and_the_session_goes_on() {
    let consent = adult();
    let mut session = session(&consent, false);
    let portrait = Picture::portrait();
    let mut finished = vec![0; portrait.rgba.len()];

    let mut layout = portrait.layout(0);
    layout.width = 0;
    let frame = Frame::borrowed([&portrait.rgba[..]]).unwrap();
    let output = Output::rgba(&mut finished, portrait.width);
    let error = session.process(&layout, frame, output).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input, "{error}");

    let frame = Frame::borrowed([&portrait.rgba[..100]]).unwrap();
    let output = Output::rgba(&mut finished, portrait.width);
    let error = session.process(&portrait.layout(0), frame, output).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input, "{error}");

    let frame = Frame::borrowed([&portrait.rgba[..]]).unwrap();
    let output = Output::rgba(&mut finished[..10], portrait.width);
    let error = session.process(&portrait.layout(0), frame, output).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input, "{error}");

    let error = session.set("size", 1.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the effect: expected an input called one of [], found \"size\""
    );
    let frame = Frame::borrowed([&portrait.rgba[..]]).unwrap();
    let output = Output::rgba(&mut finished, portrait.width);
    assert!(matches!(
        session.submit(&portrait.layout(0), frame, output),
        Err(Error::SubmitToMemory)
    ));

    draw(&mut session, &portrait, 33).unwrap();
    let statistics = session.statistics();
    assert_eq!(statistics.failed, 3);
    assert!(statistics.frames >= 1);
}

#[test]
fn inputs_are_limited_to_their_range_and_nan_is_refused() {
    let consent = adult();
    let mut session = session(&consent, false);
    let glasses = effect(&session, "glasses");
    session.wear(Some(&glasses));
    let input = glasses.inputs()[0].clone();
    session.set(&input.name, f32::INFINITY).unwrap();
    session.set(&input.name, input.min - 1.0).unwrap();
    assert!(matches!(
        session.set(&input.name, f32::NAN),
        Err(Error::Value { .. })
    ));
    assert!(matches!(
        session.set("no such input", 0.0),
        Err(Error::Input { .. })
    ));
}
