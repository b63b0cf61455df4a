//! `diff`: goldens that must be there, must be the same, and change only on purpose.

mod common;

use common::{Scratch, fx, fx_with};

const TESTED: &str = r#""nodes": [
    { "id": "a", "kind": "sticker2d", "asset": "dot", "anchor": "nose_tip", "opacity": "param.seen" }
  ],
  "params": [{ "id": "seen", "default": 1 }],
  "tests": [
    { "input": "builtin:portrait", "golden": "tests/seen.png" },
    { "input": "builtin:portrait", "params": { "seen": 0 }, "golden": "tests/hidden.png" }
  ]"#;

fn diff(words: &[&str]) -> common::Run {
    fx([&["diff", "--software"], words].concat())
}

#[test]
fn a_missing_golden_fails_and_is_not_written() {
    let scratch = Scratch::new("diff_missing");
    let pack = scratch.sticker("dot", TESTED);
    let printed = diff(&[&pack]).expect(1);
    assert!(
        printed.contains("tests/seen.png: a golden expected, none found"),
        "{printed}"
    );
    assert!(printed.contains("error: 2 of 2 pictures differ"), "{printed}");
    assert_eq!(scratch.names("dot"), ["dot.png", "effect.json"]);
}

#[test]
fn goldens_are_accepted_on_purpose_and_then_hold() {
    let scratch = Scratch::new("diff_accept");
    let pack = scratch.sticker("dot", TESTED);
    for answer in ["", "n\n", "what?\n"] {
        let printed = fx_with(["diff", "--software", "--accept", &pack], answer).expect(1);
        assert!(printed.contains("Write 2 as new goldens? [y/N]"), "{printed}");
    }
    assert_eq!(scratch.names("dot"), ["dot.png", "effect.json"]);
    let printed = fx_with(["diff", "--software", "--accept", &pack], "y\n").expect(0);
    assert!(printed.contains("tests/seen.png: written"), "{printed}");
    assert_eq!(scratch.names("dot/tests"), ["hidden.png", "seen.png"]);
    assert_ne!(
        scratch.read("dot/tests/seen.png"),
        scratch.read("dot/tests/hidden.png")
    );

    let printed = diff(&[&pack]).expect(0);
    assert!(printed.contains("tests/seen.png: as expected: at most 0 pixels off by more than 0 expected, 0 found, the largest by 0"), "{printed}");
    // As a file too.
    let mask = scratch.path("dot.mask");
    fx(["pack", &pack, "--with-tests", "-o", &mask]).expect(0);
    diff(&[&mask]).expect(0);
    let printed = diff(&[&mask, "--accept", "--yes"]).expect(2);
    assert!(
        printed.contains("a folder expected to accept goldens in"),
        "{printed}"
    );
}

#[test]
fn what_changed_fails_with_pictures_of_it() {
    let scratch = Scratch::new("diff_changed");
    let pack = scratch.sticker("dot", TESTED);
    diff(&[&pack, "--accept", "--yes"]).expect(0);
    scratch.put(
        "dot/effect.json",
        common::manifest(&TESTED.replace("nose_tip", "chin")),
    );
    let out = scratch.path("out");
    let printed = diff(&[&pack, "-o", &out]).expect(1);
    assert!(
        printed.contains("tests/seen.png: differs: at most 0 pixels off by more than 0 expected, "),
        "{printed}"
    );
    assert!(printed.contains("tests/hidden.png: as expected"), "{printed}");
    assert!(printed.contains("error: 1 of 2 pictures differ\n"), "{printed}");
    let names = ["actual", "diff", "expected"].map(|what| format!("dot-tests-seen-{what}.png"));
    assert_eq!(scratch.names("out"), names);
    assert_eq!(
        scratch.read("out/dot-tests-seen-expected.png"),
        scratch.read("dot/tests/seen.png")
    );
    let shown = scratch.picture("out/dot-tests-seen-diff.png");
    let lit = shown
        .pixels()
        .filter(|pixel| pixel.0[..3].iter().any(|level| *level > 64))
        .count();
    assert!((100..20_000).contains(&lit), "{lit}");

    // Only what differs is written anew.
    let before = scratch.read("dot/tests/hidden.png");
    let printed = diff(&[&pack, "--accept", "--yes"]).expect(0);
    assert!(
        printed.contains("seen.png: written") && !printed.contains("hidden.png: written"),
        "{printed}"
    );
    assert_eq!(scratch.read("dot/tests/hidden.png"), before);
    diff(&[&pack]).expect(0);
}

#[test]
fn tolerances_are_kept_to_the_pixel() {
    let scratch = Scratch::new("diff_tolerance");
    let pack = scratch.sticker("dot", TESTED);
    diff(&[&pack, "--accept", "--yes"]).expect(0);
    let mut golden = scratch.picture("dot/tests/seen.png");
    (0..3).for_each(|x| golden.get_pixel_mut(x, 0).0[0] ^= 16);
    golden.save(scratch.path("dot/tests/seen.png")).unwrap();
    let with = |max_channel: u8, pixels: u32| {
        let tolerance =
            format!(r#"seen.png", "tolerance": {{ "max_channel": {max_channel}, "pixels": {pixels} }}"#);
        scratch.put(
            "dot/effect.json",
            common::manifest(&TESTED.replacen(r#"seen.png""#, &tolerance, 1)),
        );
        diff(&[&pack]).code
    };
    assert_eq!((with(16, 0), with(15, 3)), (0, 0));
    assert_eq!((with(15, 2), with(0, 0)), (1, 1));
}

#[test]
fn goldens_of_another_size_or_none_at_all_fail() {
    let scratch = Scratch::new("diff_broken");
    let pack = scratch.sticker("dot", TESTED);
    diff(&[&pack, "--accept", "--yes"]).expect(0);
    scratch.put("dot/tests/seen.png", scratch.read("dot/dot.png"));
    scratch.put("dot/tests/hidden.png", "no picture");
    let printed = diff(&[&pack]).expect(1);
    assert!(
        printed.contains("seen.png: differs: size: expected 8 x 8 pixels, found 320 x 400"),
        "{printed}"
    );
    assert!(
        printed.contains("hidden.png: differs: the golden at "),
        "{printed}"
    );
}

#[test]
fn a_pack_without_tests_proves_nothing() {
    let scratch = Scratch::new("diff_none");
    let pack = scratch.sticker("dot", "");
    let printed = diff(&[&pack]).expect(2);
    assert!(printed.contains("a pack with tests expected"), "{printed}");
}

#[test]
fn the_new_packs_own_tests_draw_what_they_say() {
    let scratch = Scratch::new("diff_starter");
    let pack = scratch.starter("bow");
    diff(&[&pack]).expect(1);
    diff(&[&pack, "--accept", "--yes"]).expect(0);
    diff(&[&pack]).expect(0);
    // The hearts are there because the mouth is open, and the test sees it.
    let manifest = String::from_utf8(scratch.read("bow/effect.json")).unwrap();
    scratch.put(
        "bow/effect.json",
        manifest.replace(r#""on": "mouth_open""#, r#""on": "wink""#),
    );
    let printed = diff(&[&pack]).expect(1);
    assert!(printed.contains("tests/portrait.png: as expected"), "{printed}");
    assert!(printed.contains("tests/hearts.png: differs"), "{printed}");
}

#[test]
fn an_input_that_a_test_names_must_be_there() {
    let scratch = Scratch::new("diff_input");
    let pack = scratch.sticker("dot", &TESTED.replace("builtin:portrait", "tests/face.png"));
    let printed = diff(&[&pack]).expect(2);
    assert!(
        printed.contains("tests/face.png: a picture in the pack expected"),
        "{printed}"
    );
}
