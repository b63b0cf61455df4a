//! `render`: pictures, animations and sheets, through the real session.

mod common;

use std::io::Cursor;

use common::{Scratch, differing, fx};
use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;

/// A dot on the tip of the nose, hidden until something is played.
const TRIGGERED: &str = r#""nodes": [{
    "id": "a", "kind": "sticker2d", "asset": "dot", "anchor": "nose_tip", "size": 1,
    "play": "triggered", "duration_ms": 300
  }],
  "triggers": [
    { "on": "tap", "do": [{ "play": "a" }] },
    { "on": "host:party", "do": [{ "play": "a" }] },
    { "on": "mouth_open", "enter": 0.4, "exit": 0.2, "do": [{ "play": "a" }] }
  ]"#;

/// How many pixels are the dot's green.
fn green(picture: &image::RgbaImage) -> usize {
    picture
        .pixels()
        .filter(|pixel| pixel.0[1] > 200 && pixel.0[0] < 60 && pixel.0[2] < 60)
        .count()
}

#[test]
fn taps_and_triggers_of_the_host_happen_at_their_time() {
    let scratch = Scratch::new("render_triggers");
    let pack = scratch.sticker("dot", TRIGGERED);
    let out = scratch.path("out.png");
    let shown = |more: &[&str]| {
        fx([
            &["render", &pack, "--software", "-i", "builtin:neutral", "-o", &out],
            more,
        ]
        .concat())
        .expect(0);
        green(&scratch.picture("out.png")) > 100
    };
    assert!(!shown(&[]));
    assert!(!shown(&["--at", "0.5"]));
    assert!(shown(&["--tap", "0.3", "--at", "0.5"]));
    assert!(!shown(&["--tap", "0.3", "--at", "0.2"]), "not yet");
    assert!(!shown(&["--tap", "0.3", "--at", "0.8"]), "no more");
    assert!(shown(&["--set", "party=1@0.3", "--at", "0.5"]));
    assert!(!shown(&["--set", "party=1@0.3", "--at", "0.2"]));
}

#[test]
fn an_open_mouth_is_seen_and_a_closed_one_is_none() {
    let scratch = Scratch::new("render_mouth");
    let pack = scratch.sticker("dot", TRIGGERED);
    for (input, shown) in [("neutral", false), ("mouth-open", true)] {
        let out = scratch.path("out.png");
        let input = format!("builtin:{input}");
        fx([
            "render",
            &pack,
            "--software",
            "-i",
            &input,
            "--at",
            "0.2",
            "-o",
            &out,
        ])
        .expect(0);
        assert_eq!(green(&scratch.picture("out.png")) > 100, shown, "{input}");
    }
}

#[test]
fn animations_have_a_beginning_a_length_and_a_face_that_moves() {
    let scratch = Scratch::new("render_films");
    let pack = scratch.sticker("dot", &TRIGGERED.replace("triggered", "always"));
    let (apng, gif) = (scratch.path("out.apng"), scratch.path("out.gif"));
    let clip = ["-i", "builtin:clip", "--software"];
    fx([
        &["render", &pack, "-o", &apng, "--at", "0.4", "--for", "0.2"],
        &clip[..],
    ]
    .concat())
    .expect(0);
    let decoder = PngDecoder::new(Cursor::new(scratch.read("out.apng"))).unwrap();
    let frames = decoder.apng().unwrap().into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 5, "25 a second");
    assert_eq!(frames[0].delay().numer_denom_ms(), (40, 1));

    fx([&["render", &pack, "-o", &gif, "--for", "0.1"], &clip[..]].concat()).expect(0);
    let decoder = GifDecoder::new(Cursor::new(scratch.read("out.gif"))).unwrap();
    assert_eq!(decoder.into_frames().collect_frames().unwrap().len(), 3);

    // A still picture has 30 frames a second.
    fx(["render", &pack, "-o", &apng, "--for", "0.1", "--software"]).expect(0);
    let decoder = PngDecoder::new(Cursor::new(scratch.read("out.apng"))).unwrap();
    assert_eq!(decoder.apng().unwrap().into_frames().count(), 3);

    let printed = fx([&["render", &pack, "-o", &apng, "--at", "60"], &clip[..]].concat()).expect(2);
    assert!(printed.contains("a clip that is longer expected"), "{printed}");
}

#[test]
fn several_packs_make_a_sheet() {
    let scratch = Scratch::new("render_sheet");
    let dot = scratch.sticker("dot", &TRIGGERED.replace("triggered", "always"));
    let plain = scratch.sticker("plain", "");
    let out = scratch.path("sheet.png");
    fx(["render", &dot, &plain, &dot, "--software", "-o", &out]).expect(0);
    let sheet = scratch.picture("sheet.png");
    let (width, height) = (2 * (320 + 8) + 8, 2 * (400 + 24 + 8) + 8);
    assert_eq!(sheet.dimensions(), (width, height));
    let part = |x, y| image::imageops::crop_imm(&sheet, x, y, 320, 400).to_image();
    assert_eq!(part(8, 8), part(8, 440), "the same pack twice");
    assert!(green(&part(8, 8)) > 100 && green(&part(336, 8)) == 0);
}

#[test]
fn quality_is_as_asked() {
    let scratch = Scratch::new("render_quality");
    let more = TRIGGERED.replace("triggered", "always") + r#", "quality": { "low": { "disable": ["a"] } }"#;
    let pack = scratch.sticker("dot", &more);
    let out = scratch.path("out.png");
    for (quality, shown) in [("low", false), ("medium", true), ("high", true)] {
        fx(["render", &pack, "--software", "--quality", quality, "-o", &out]).expect(0);
        assert_eq!(green(&scratch.picture("out.png")) > 100, shown, "{quality}");
    }
}

#[test]
fn a_picture_without_a_face_stays_as_it_is() {
    let scratch = Scratch::new("render_nobody");
    let pack = scratch.sticker("dot", &TRIGGERED.replace("triggered", "always"));
    let picture = image::RgbaImage::from_fn(200, 160, |x, y| image::Rgba([x as u8, y as u8, 90, 255]));
    picture.save(scratch.path("in.png")).unwrap();
    fx([
        "render",
        &pack,
        "--software",
        "-i",
        &scratch.path("in.png"),
        "-o",
        &scratch.path("out.png"),
    ])
    .expect(0);
    assert_eq!(differing(&picture, &scratch.picture("out.png"), 1), 0);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let scratch = Scratch::new("render_errors");
    let pack = scratch.sticker("dot", TRIGGERED);
    scratch.put("words.txt", "no picture");
    let lost = scratch.path("nowhere/out.png");
    let (out, words, nothing) = (
        scratch.path("out.png"),
        scratch.path("words.txt"),
        scratch.path("nothing"),
    );
    let bad = scratch.sticker("bad", r#""nodes": [{}]"#);
    for (words, code, expected) in [
        (
            vec!["render", &pack, "-o", "out.bmp"],
            2,
            "a name that ends with .png, .apng or .gif",
        ),
        (
            vec!["render", &pack, "-o", &lost],
            2,
            "nowhere: a folder expected to write in, none found",
        ),
        (
            vec!["render", &pack, "-o", &out, "-i", &nothing],
            2,
            "nothing found",
        ),
        (
            vec!["render", &pack, "-o", &out, "-i", "builtin:cat"],
            2,
            "one of builtin:brows-up, ",
        ),
        (
            vec!["render", &pack, "-o", &out, "-i", &words],
            3,
            "JPEG, PNG, WebP or GIF",
        ),
        (
            vec!["render", &pack, "-o", &out, "--set", "party"],
            2,
            "NAME=VALUE",
        ),
        (
            vec!["render", &pack, "-o", &out, "--set", "cat=1"],
            2,
            "expected an input called one of",
        ),
        (
            vec!["render", &pack, "-o", &out, "--at", "-1"],
            2,
            "a number of seconds",
        ),
        (
            vec!["render", &pack, "-o", &out, "--for", "1"],
            2,
            "an animation expected",
        ),
        (
            vec!["render", &pack, &bad, "-o", &out],
            1,
            "1 of 2 packs are invalid",
        ),
    ] {
        let printed = fx(&words).expect(code);
        assert!(printed.contains(expected), "{words:?}: {printed}");
    }
    assert!(!scratch.names("").contains(&"out.png".to_owned()));
}

#[test]
fn a_photo_gives_its_looks_and_is_refused_where_it_cannot() {
    let scratch = Scratch::new("render_donor");
    let inputs = concat!(env!("CARGO_MANIFEST_DIR"), "/inputs");
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../../effects/photo");
    let out = scratch.path("out.png");
    let render = |more: &[&str]| {
        let words = ["render", pack, "--software", "-i", "builtin:neutral", "-o", &out];
        fx([&words, more].concat())
    };
    render(&[]).expect(0);
    let without = scratch.picture("out.png");
    render(&["--donor", &format!("{inputs}/portrait.webp")]).expect(0);
    let with = scratch.picture("out.png");
    let changed = differing(&without, &with, 16);
    assert!(
        (1000..30_000).contains(&changed),
        "{changed} pixels: a face's worth"
    );

    // Twice the same photo: of both together.
    let portrait = format!("{inputs}/portrait.webp");
    render(&["--donor", &portrait, "--donor", &portrait]).expect(0);
    let both = differing(&with, &scratch.picture("out.png"), 16);
    assert!(both < changed / 8, "{both} pixels, {changed}");
    let five = ["--donor", &portrait].repeat(5);
    let said = render(&five).expect(3);
    assert!(said.contains("1 to 4 photos, found 5"), "{said}");

    let plain = scratch.path("plain.png");
    image::RgbaImage::from_pixel(300, 300, image::Rgba([90, 120, 90, 255]))
        .save(&plain)
        .unwrap();
    let said = render(&["--donor", &plain]).expect(3);
    assert!(said.contains("face"), "{said}");
    scratch.put("broken.jpg", b"no picture at all");
    render(&["--donor", &scratch.path("broken.jpg")]).expect(3);
    render(&["--donor", &scratch.path("missing.jpg")]).expect(3);
}
