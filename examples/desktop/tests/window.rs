//! The window, on a display of its own, pressed by a made-up user: what is seen is looked at.

#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod common;
#[path = "common/display.rs"]
mod display;

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use common::{EFFECT, app, distance, drawn, scratch, skipped, still};
use display::Running;
use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, RgbaImage};

/// Pictures of the same thing, one scaled and painted by egui: cells may differ by so much.
const SAME: (u8, f64) = (24, 3.0);

fn alike(a: &RgbaImage, b: &RgbaImage) -> bool {
    let (most, mean) = distance(a, b);
    most <= SAME.0 && mean <= SAME.1
}

/// The app with a person who does not move.
fn shown(words: &[&str]) -> Command {
    let mut command = app();
    command.arg("--source").arg(still()).args(words);
    command
}

/// How many colours there are: a panel with text has many, an empty one has one.
fn colours(picture: &RgbaImage) -> usize {
    picture
        .pixels()
        .map(|pixel| pixel.0)
        .collect::<BTreeSet<_>>()
        .len()
}

/// Waits until the preview shows `picture`.
fn shows(running: &mut Running, what: &str, picture: &RgbaImage) -> RgbaImage {
    running.until("preview", what, |seen| alike(seen, picture))
}

#[test]
fn the_window_asks_first_and_then_shows_the_composite_and_its_panels() {
    if skipped() {
        return;
    }
    let folder = scratch("composite");
    let source = still();
    let with = drawn(&source, &folder, "with.png", &["--effect", EFFECT]);
    let without = drawn(&source, &folder, "without.png", &[]);
    assert!(
        !alike(&with, &without),
        "the effect is seen: {:?}",
        distance(&with, &without)
    );

    let mut running = Running::start(&mut shown(&["--effect", EFFECT]));
    running
        .display
        .screenshot()
        .save(folder.join("consent.png"))
        .unwrap();
    running.click("consent-from-14");
    running.place("statistics");
    shows(&mut running, "the composite", &with);
    running
        .display
        .screenshot()
        .save(folder.join("window.png"))
        .unwrap();

    let preview = running.seen("preview");
    assert!(alike(&preview, &with), "{:?}", distance(&preview, &with));
    assert!(
        !alike(&preview, &without),
        "control: {:?}",
        distance(&preview, &without)
    );
    for panel in [
        "state",
        "privacy",
        "statistics",
        "pause",
        "wipe",
        "revoke",
        "mirror",
        "compare",
        "export",
        "export-path",
        "disclose",
        "effect-none",
        &format!("effect-{EFFECT}"),
    ] {
        let found = colours(&running.seen(panel));
        assert!(found > 4, "{panel}: {found} colours");
    }
}

#[test]
fn a_no_ends_the_program_and_nothing_was_shown() {
    if skipped() {
        return;
    }
    let mut running = Running::start(&mut shown(&[]));
    running.click("consent-no");
    assert!(running.end().success());
}

#[test]
fn a_window_that_is_closed_in_the_middle_of_a_frame_ends_the_program() {
    if skipped() {
        return;
    }
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    assert!(running.close().success());
    // Also while networks are loaded.
    let mut running = Running::start(&mut shown(&["--effect", EFFECT]));
    running.click("consent-from-14");
    running.gone("consent-from-14");
    assert!(running.close().success());
}

#[test]
fn a_source_that_cannot_be_read_is_told_in_the_window() {
    if skipped() {
        return;
    }
    let mut command = app();
    let mut running = Running::start(command.args(["--source", "README.md"]));
    running.click("consent-from-14");
    let red = |picture: &RgbaImage| picture.pixels().any(|p| p.0[0] > 200 && p.0[1] < 150);
    running.until("trouble", "red", red);
    // It is no reason to hang.
    running.click("revoke");
    running.place("consent-from-14");
    running.gone("trouble");
}

#[test]
fn a_child_needs_a_guardian() {
    if skipped() {
        return;
    }
    let folder = scratch("child");
    let mut running = Running::start(&mut shown(&[]));
    running.click("consent-under-14");
    running.place("consent-guardian");
    running.gone("consent-from-14");
    running
        .display
        .screenshot()
        .save(folder.join("guardian.png"))
        .unwrap();
    running.click("consent-guardian");
    running.place("preview");
}

#[test]
fn sliders_effects_and_comparing_change_the_picture() {
    if skipped() {
        return;
    }
    let folder = scratch("sliders");
    let without = drawn(&still(), &folder, "without.png", &[]);
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    shows(&mut running, "with the effect", &with);
    running.settle();
    assert!(
        alike(&running.seen("preview"), &with),
        "control: left alone it stays"
    );

    // How much is seen of the effect, from all to nothing and back.
    let [x, y, width, height] = running.place("slider-opacity");
    let middle = y + height / 2;
    running.drag([x + 8, middle], [x - 40, middle]);
    let least = shows(&mut running, "as without", &without);
    running.drag([x + 8, middle], [x + width, middle]);
    let largest = shows(&mut running, "as at first", &with);
    assert!(!alike(&least, &largest), "{:?}", distance(&least, &largest));

    // B: the camera's picture, as long as it is held.
    running.display.key(B, true);
    shows(&mut running, "as without, while B is held", &without);
    running.display.key(B, false);
    shows(&mut running, "as before B", &with);

    running.click("effect-none");
    shows(&mut running, "without an effect", &without);
    running.click("mirror");
    let mirrored = image::imageops::flip_horizontal(&without);
    let seen = shows(&mut running, "mirrored", &mirrored);
    assert!(!alike(&seen, &without), "{:?}", distance(&seen, &without));
}

#[test]
fn a_face_is_dressed_by_itself_and_as_everyone_again() {
    if skipped() {
        return;
    }
    let folder = scratch("who");
    let without = drawn(&still(), &folder, "without.png", &[]);
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    shows(&mut running, "as everyone", &with);
    // Nobody is in the second slot. What is pressed is seen before the next is.
    running.click("who-2");
    running.settle();
    running.click("effect-none");
    running.place("as-everyone");
    running.settle();
    assert!(alike(&running.seen("preview"), &with));
    running.click("who-1");
    running.gone("as-everyone");
    running.click("effect-none");
    shows(&mut running, "without an effect", &without);
    running.click(&format!("effect-{EFFECT}"));
    shows(&mut running, "with one of its own", &with);
    running.click("who-0");
    running.settle();
    running.click("effect-none");
    running.settle();
    assert!(alike(&running.seen("preview"), &with), "its own stays on");
    running.display.screenshot().save(folder.join("who.png")).unwrap();
    running.click("who-1");
    running.click("as-everyone");
    shows(&mut running, "as everyone, without", &without);
}

/// The key B, on the keyboard that X servers start with.
const B: u8 = 56;

#[test]
fn pause_wipe_and_revocation_are_seen() {
    if skipped() {
        return;
    }
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    running.settle();
    let before = running.seen("preview");
    let [x, y, width, height] = running.place("preview").map(|number| number as u32);

    running.click("pause");
    running.gone("preview");
    // The app tells of a pass before the screen shows it.
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let screen = running.display.screenshot();
        let there = image::imageops::crop_imm(&screen, x, y, width, height).to_image();
        !alike(&there, &before)
    });
    assert!(gone, "the picture is gone from the screen");
    running.click("pause");
    shows(&mut running, "as before the pause", &before);

    running.click("wipe");
    running.settle();
    shows(
        &mut running,
        "as before the wiping: the source is read anew",
        &before,
    );

    running.click("revoke");
    running.place("consent-from-14");
    running.gone("preview");
    running.click("consent-from-14");
    shows(&mut running, "as before the revocation", &before);
}

#[test]
fn presence_is_told_only_when_asked_for() {
    if skipped() {
        return;
    }
    let folder = scratch("presence");
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    running.settle();
    let off = running.seen("presence");
    // Green words in place of grey ones.
    assert!(!is_green(&off));
    running.click("disclose");
    let on = running.until("presence", "green", is_green);
    on.save(folder.join("presence.png")).unwrap();
}

#[test]
fn storms_of_sizes_and_no_size_at_all_do_no_harm() {
    if skipped() {
        return;
    }
    let folder = scratch("storm");
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    let window = running.window();
    let mut noise = 7u32;
    for step in 0..120u32 {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (width, height) = match step % 10 {
            0 => (1, 1),
            5 => (1, 700),
            _ => (1 + (noise >> 8) % 1280, 1 + (noise >> 20) % 800),
        };
        running.display.resize(window, width, height);
        if step % 15 == 7 {
            running.display.show(window, false);
            running.pause(Duration::from_millis(30));
            running.display.show(window, true);
        }
        running.pause(Duration::from_millis(20));
        assert!(running.lives(), "step {step}: {width} x {height}");
    }
    running.display.resize(window, 1240, 780);
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    let seen = shows(&mut running, "as ever", &with);
    seen.save(folder.join("after.png")).unwrap();
}

#[test]
fn a_window_that_shrinks_before_the_app_hears_of_it_goes_on() {
    if skipped() {
        return;
    }
    let folder = scratch("shrunk");
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    let window = running.window();
    for _ in 0..40 {
        for (width, height) in [(1240, 780), (700, 500)] {
            running.asleep(|| running.display.resize(window, width, height));
            running.pause(Duration::from_millis(30));
        }
    }
    running.display.resize(window, 1240, 780);
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    shows(&mut running, "as ever", &with);
}

#[test]
fn what_is_exported_is_what_is_shown() {
    if skipped() {
        return;
    }
    let folder = scratch("export");
    let photo = folder.join("photo.png");
    let mut command = shown(&["--effect", EFFECT, "--export"]);
    let mut running = Running::agreed(command.arg(&photo));
    running.settle();
    let length = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
    assert_eq!(length(&photo), 0, "nothing is written unasked");
    running.click("export");
    running.until("export-state", "green: written", is_green);
    let written = common::picture(&photo);
    shows(&mut running, "what was written", &written);
}

#[test]
fn a_clip_is_exported_frame_by_frame() {
    if skipped() {
        return;
    }
    let folder = scratch("clip");
    let clip = folder.join("clip.apng");
    let mut command = shown(&["--effect", EFFECT, "--export"]);
    let mut running = Running::agreed(command.arg(&clip));
    running.settle();
    running.click("export");
    running.until("export-state", "green: written", is_green);
    let file = std::io::BufReader::new(std::fs::File::open(&clip).unwrap());
    let frames = PngDecoder::new(file).unwrap().apng().unwrap().into_frames();
    let frames = frames.collect_frames().unwrap();
    assert_eq!(frames.len(), 75);
    for frame in [&frames[0], &frames[74]] {
        shows(&mut running, "what was written", frame.buffer());
    }
}

/// As words that say that all went well.
fn is_green(picture: &RgbaImage) -> bool {
    picture
        .pixels()
        .any(|p| p.0[1] > p.0[0].saturating_add(30) && p.0[1] > 120)
}

#[test]
fn locked_in_it_shows_the_same() {
    if skipped() {
        return;
    }
    let folder = scratch("locked");
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    let forbidden = folder.join("must-not-be");
    let mut command = shown(&["--effect", EFFECT, "--lockdown", "--self-test"]);
    let mut running = Running::agreed(command.arg(&forbidden));
    running.line("self-test start a program");
    let tried: Vec<_> = running
        .said
        .iter()
        .filter(|line| line.starts_with("self-test"))
        .cloned()
        .collect();
    assert_eq!(tried.len(), 5);
    assert!(tried.iter().all(|line| line.contains("denied")), "{tried:?}");
    assert!(!forbidden.exists());

    let window = running.window();
    running.display.resize(window, 900, 700);
    running.settle();
    running.display.resize(window, 1240, 780);
    running.settle();
    running.click("pause");
    running.gone("preview");
    running.click("pause");
    shows(&mut running, "the same as without a lock", &with);
    running
        .display
        .screenshot()
        .save(folder.join("window.png"))
        .unwrap();
}
