//! Two people in one picture, each with an effect of its own: real inference on a public-domain portrait and its mirror
//! image, side by side.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use moretta::{Error, ErrorKind, LoadedEffect, MAX_FACES, Session};
use moretta_golden::{Golden, Tolerance};

use common::{Picture, adult, draw, effect, session};

/// The portrait, and right of it the same in a mirror.
fn couple() -> Picture {
    let one = Picture::portrait();
    let row = one.width as usize * 4;
    let mut rgba = Vec::new();
    for row in one.rgba.chunks_exact(row) {
        rgba.extend_from_slice(row);
        let pixels = row.as_chunks::<4>().0;
        rgba.extend(pixels.iter().rev().flatten());
    }
    Picture {
        width: one.width * 2,
        height: one.height,
        rgba,
    }
}

/// The left half, or the right one, of a picture's bytes.
fn half(picture: &Picture, rgba: &[u8], right: bool) -> Vec<u8> {
    let rows = rgba.chunks_exact(picture.width as usize * 4);
    rows.flat_map(|row| {
        let (one, other) = row.split_at(row.len() / 2);
        if right { other } else { one }
    })
    .copied()
    .collect()
}

/// Whether something was drawn on the person on the left, and on the one on the right.
fn dressed(picture: &Picture, finished: &[u8]) -> [bool; 2] {
    [false, true].map(|right| half(picture, &picture.rgba, right) != half(picture, finished, right))
}

/// A session that draws the couple again and again.
struct Show {
    session: Session,
    couple: Picture,
    ms: u64,
}

impl Show {
    fn new() -> Self {
        Self {
            session: session(&adult(), false),
            couple: couple(),
            ms: 0,
        }
    }

    /// A frame as if it were the first: faces begin without a past, and take their slots anew.
    fn first(&mut self) -> Vec<u8> {
        self.session.trim().unwrap();
        self.next()
    }

    fn next(&mut self) -> Vec<u8> {
        self.ms += 33;
        draw(&mut self.session, &self.couple, self.ms).unwrap().0
    }

    fn dressed(&mut self) -> [bool; 2] {
        let finished = self.next();
        dressed(&self.couple, &finished)
    }

    fn load(&self, name: &str) -> LoadedEffect {
        effect(&self.session, name)
    }
}

#[test]
fn locked_memory_does_not_say_how_many_faces_there_are() {
    for pack in ["swap", "cat", "glasses3d"] {
        let mut show = Show::new();
        let effect = show.load(pack);
        show.session.wear(Some(&effect));
        let both = couple();
        let row = both.width as usize * 4;
        for pixels in show.couple.rgba.chunks_exact_mut(row) {
            pixels[row / 2..].fill(128);
        }
        let locked = |show: &mut Show, frames: usize| {
            (0..frames).for_each(|_| _ = show.next());
            show.session.statistics().locked_bytes
        };
        let alone = locked(&mut show, 4);
        show.couple = both;
        // The detector finds the second one some frames later.
        let together = locked(&mut show, 30);
        if pack != "swap" {
            assert_eq!(show.dressed(), [true; 2], "the control: {pack}");
        }
        assert_eq!(alone, together, "{pack}");
    }
}

#[test]
fn two_people_wear_two_packs() {
    let mut show = Show::new();
    let (one, other) = (show.load("cat"), show.load("glasses"));
    show.session.wear_on(0, Some(&one)).unwrap();
    let first = show.first();
    let at_first = dressed(&show.couple, &first);
    assert!(
        at_first == [true, false] || at_first == [false, true],
        "{at_first:?}"
    );
    show.session.wear_on(0, None).unwrap();
    show.session.wear_on(1, Some(&other)).unwrap();
    let second = show.first();
    let [left, right] = at_first;
    assert_eq!(
        dressed(&show.couple, &second),
        [right, left],
        "the other one's slot"
    );

    show.session.wear_on(0, Some(&one)).unwrap();
    let both = show.first();
    // Neither changes anything of the other.
    for (right, on_it) in [(false, left), (true, right)] {
        let alone = if on_it { &first } else { &second };
        let [alone, both] = [alone, &both].map(|rgba| half(&show.couple, rgba, right));
        assert_eq!(alone, both);
    }

    let (width, height) = (show.couple.width, show.couple.height);
    let picture = moretta_golden::Picture::new(width, height, both).unwrap();
    let golden = Golden::new(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"),
        concat!(env!("CARGO_TARGET_TMPDIR"), "/golden"),
    );
    // Another processor's networks and another device place a pack by a fraction of a pixel otherwise: edges change.
    let tolerance = Tolerance {
        max_channel: 24,
        pixels: (width * height / 100) as usize,
    };
    if let Err(error) = golden.check("two-people", &picture, tolerance) {
        panic!("{error}");
    }
}

#[test]
fn a_slot_is_dressed_and_undressed_while_the_other_goes_on() {
    let mut show = Show::new();
    let (glasses, cat) = (show.load("glasses"), show.load("cat"));
    show.session.wear(Some(&glasses));
    assert_eq!(show.dressed(), [true, true]);
    let everyone = show.next();

    show.session.wear_on(0, None).unwrap();
    let bare = show.dressed();
    assert!(bare == [true, false] || bare == [false, true], "{bare:?}");
    show.session.wear_on(0, Some(&cat)).unwrap();
    assert_eq!(show.dressed(), [true, true]);
    show.session.wear(None);
    assert_eq!(show.dressed(), bare.map(|dressed| !dressed), "its own stays on");
    show.session.wear(Some(&glasses));
    show.session.wear_as_everyone(0).unwrap();
    assert_eq!(show.dressed(), [true, true]);

    // What is worn outlasts a pause, as it is the app's and no face's.
    show.session.wear_on(0, None).unwrap();
    show.session.pause().unwrap();
    show.session.resume().unwrap();
    assert_eq!(show.dressed(), bare);
    // Slots that no face is in.
    show.session.wear_as_everyone(0).unwrap();
    show.session.wear_on(2, Some(&cat)).unwrap();
    show.session.wear_on(MAX_FACES - 1, Some(&cat)).unwrap();
    let beside = show.first();
    show.session.wear_as_everyone(2).unwrap();
    show.session.wear_as_everyone(MAX_FACES - 1).unwrap();
    assert_eq!(show.first(), beside);
    assert_ne!(show.couple.differences(&everyone, 24), 0, "the control");
}

#[test]
fn what_is_of_the_frame_comes_with_the_face_that_wears_it() {
    let mut show = Show::new();
    // A table of colours and an overlay, and nothing on a face.
    let (noir, glasses) = (show.load("noir"), show.load("glasses"));
    let pixels = show.couple.rgba.len() / 4;
    let changed = |show: &mut Show| {
        let finished = show.next();
        show.couple.differences(&finished, 8)
    };
    show.session.wear_on(3, Some(&noir)).unwrap();
    assert_eq!(changed(&mut show), 0, "nobody is in that slot");
    show.session.wear_on(1, Some(&noir)).unwrap();
    let all = changed(&mut show);
    assert!(all > pixels / 2, "{all} of {pixels} pixels");
    // The one that everyone wears has nothing of the frame, so that it is still that slot's.
    show.session.wear(Some(&glasses));
    let all = changed(&mut show);
    assert!(all > pixels / 2, "{all} of {pixels} pixels");
    show.session.wear_as_everyone(1).unwrap();
    let few = changed(&mut show);
    assert!((1..pixels / 4).contains(&few), "{few} of {pixels} pixels");
}

#[test]
fn each_slot_has_inputs_of_its_own() {
    let mut show = Show::new();
    let glasses = show.load("glasses");
    let input = glasses.inputs()[0].clone();
    let far = if input.default < input.max {
        input.max
    } else {
        input.min
    };
    show.session.wear(Some(&glasses));
    let plain = show.first();
    show.session.wear_on(1, Some(&glasses)).unwrap();
    assert_eq!(show.first(), plain, "at its defaults it is what everyone wears");
    show.session.set_on(1, &input.name, far).unwrap();
    let set = show.first();
    let changed =
        [false, true].map(|right| half(&show.couple, &set, right) != half(&show.couple, &plain, right));
    assert!(
        changed == [true, false] || changed == [false, true],
        "{changed:?}"
    );
    show.session.set(&input.name, far).unwrap();
    show.session.set_on(1, &input.name, input.default).unwrap();
    let turned = show.first();
    let changed_then =
        [false, true].map(|right| half(&show.couple, &turned, right) != half(&show.couple, &plain, right));
    assert_eq!(
        changed_then,
        changed.map(|changed| !changed),
        "everyone but that slot"
    );
    // Dressed anew it is at its defaults again.
    show.session.wear_on(1, Some(&glasses)).unwrap();
    assert_eq!(show.first(), turned);
}

#[test]
fn what_no_slot_or_no_effect_has_is_refused() {
    let mut show = Show::new();
    let glasses = show.load("glasses");
    let name = glasses.inputs()[0].name.clone();
    show.session.wear_on(MAX_FACES - 1, Some(&glasses)).unwrap();
    for error in [
        show.session.wear_on(MAX_FACES, Some(&glasses)).unwrap_err(),
        show.session.wear_on(usize::MAX, None).unwrap_err(),
        show.session.wear_as_everyone(MAX_FACES).unwrap_err(),
        show.session.set_on(MAX_FACES, &name, 0.0).unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                Error::Slot {
                    expected: MAX_FACES,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(error.kind(), ErrorKind::Input);
    }
    let error = show.session.wear_as_everyone(16).unwrap_err();
    assert_eq!(error.to_string(), "the slot: expected one below 16, found 16");

    show.session.set_on(MAX_FACES - 1, &name, 0.0).unwrap();
    assert!(matches!(
        show.session.set_on(MAX_FACES - 1, "no such input", 0.0),
        Err(Error::Input { .. })
    ));
    assert!(matches!(
        show.session.set_on(MAX_FACES - 1, &name, f32::NAN),
        Err(Error::Value { .. })
    ));
    // What everyone wears is set by `set`.
    show.session.wear(Some(&glasses));
    assert!(matches!(
        show.session.set_on(0, &name, 0.0),
        Err(Error::Input { .. })
    ));
    show.session.set(&name, 0.0).unwrap();
}
