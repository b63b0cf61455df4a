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
use image::RgbaImage;

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

/// Long enough for a frame, and for the window to show it.
const A_MOMENT: Duration = Duration::from_millis(900);

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
    running.wait(A_MOMENT);
    running
        .display
        .screenshot()
        .save(folder.join("consent.png"))
        .unwrap();
    running.click("consent-from-14");
    running.place("preview");
    running.place("statistics");
    running.wait(A_MOMENT);
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
    let start = std::time::Instant::now();
    while running.lives() {
        assert!(start.elapsed() < Duration::from_secs(60), "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
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
    running.wait(A_MOMENT);
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
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    running.wait(A_MOMENT);
    let before = running.seen("preview");
    running.wait(A_MOMENT);
    assert!(
        alike(&before, &running.seen("preview")),
        "control: left alone it stays"
    );

    let slider = running.slider();
    let [x, y, width, height] = running.place(&slider);
    let middle = y + height / 2;
    running.display.move_to([x + 8, middle]);
    running.wait(Duration::from_millis(200));
    running.display.press();
    running.wait(Duration::from_millis(200));
    running.display.move_to([x + width - 8, middle]);
    running.wait(A_MOMENT);
    running.display.release();
    let largest = running.seen("preview");
    running.display.press();
    running.display.move_to([x + 4, middle]);
    running.wait(A_MOMENT);
    running.display.release();
    let least = running.seen("preview");
    least.save(folder.join("least.png")).unwrap();
    largest.save(folder.join("largest.png")).unwrap();
    assert!(
        !alike(&least, &largest),
        "{slider}: {:?}",
        distance(&least, &largest)
    );

    // B: the camera's picture, as long as it is held.
    running.display.key(B, true);
    running.wait(A_MOMENT);
    let held = running.seen("preview");
    running.display.key(B, false);
    assert!(alike(&held, &without), "{:?}", distance(&held, &without));
    running.wait(A_MOMENT);
    let again = running.seen("preview");
    assert!(
        alike(&again, &least),
        "the slider's value is kept: {:?}",
        distance(&again, &least)
    );

    running.click("effect-none");
    running.wait(A_MOMENT);
    assert!(alike(&running.seen("preview"), &without));
    running.click("mirror");
    running.wait(A_MOMENT);
    let mirrored = image::imageops::flip_horizontal(&without);
    let seen = running.seen("preview");
    assert!(
        alike(&seen, &mirrored) && !alike(&seen, &without),
        "{:?}",
        distance(&seen, &mirrored)
    );
}

/// The key B, on the keyboard that X servers start with.
const B: u8 = 56;

#[test]
fn pause_wipe_and_revocation_are_seen() {
    if skipped() {
        return;
    }
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    running.wait(A_MOMENT);
    let before = running.seen("preview");
    let [x, y, width, height] = running.place("preview").map(|number| number as u32);

    running.click("pause");
    running.gone("preview");
    running.wait(A_MOMENT);
    let there = image::imageops::crop_imm(&running.display.screenshot(), x, y, width, height).to_image();
    assert!(!alike(&there, &before), "the picture is gone from the screen");
    running.click("pause");
    running.place("preview");
    running.wait(A_MOMENT);
    assert!(alike(&running.seen("preview"), &before));

    running.click("wipe");
    running.wait(A_MOMENT);
    running.place("preview");
    running.wait(A_MOMENT);
    assert!(
        alike(&running.seen("preview"), &before),
        "the source was read anew"
    );

    running.click("revoke");
    running.gone("preview");
    running.place("consent-from-14");
    running.click("consent-from-14");
    running.place("preview");
    running.wait(A_MOMENT);
    assert!(alike(&running.seen("preview"), &before));
}

#[test]
fn presence_is_told_only_when_asked_for() {
    if skipped() {
        return;
    }
    let folder = scratch("presence");
    let mut running = Running::agreed(&mut shown(&["--effect", EFFECT]));
    running.wait(A_MOMENT);
    let off = running.seen("presence");
    running.click("disclose");
    running.wait(A_MOMENT * 2);
    let on = running.seen("presence");
    on.save(folder.join("presence.png")).unwrap();
    // Green words in place of grey ones.
    let green = |picture: &RgbaImage| {
        picture
            .pixels()
            .any(|p| p.0[1] > p.0[0].saturating_add(30) && p.0[1] > 120)
    };
    assert!(green(&on) && !green(&off));
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
            running.wait(Duration::from_millis(30));
            running.display.show(window, true);
        }
        running.wait(Duration::from_millis(20));
        assert!(running.lives(), "step {step}: {width} x {height}");
    }
    running.display.resize(window, 1240, 780);
    running.wait(A_MOMENT * 2);
    let with = drawn(&still(), &folder, "with.png", &["--effect", EFFECT]);
    running.place("preview");
    running.wait(A_MOMENT);
    let seen = running.seen("preview");
    seen.save(folder.join("after.png")).unwrap();
    assert!(alike(&seen, &with), "{:?}", distance(&seen, &with));
}

#[test]
fn what_is_exported_is_what_is_shown() {
    if skipped() {
        return;
    }
    let folder = scratch("export");
    let (photo, clip) = (folder.join("photo.png"), folder.join("clip.apng"));
    let mut command = shown(&["--effect", EFFECT, "--export"]);
    let mut running = Running::agreed(command.arg(&photo));
    running.wait(A_MOMENT);
    assert_eq!(
        std::fs::metadata(&photo).unwrap().len(),
        0,
        "nothing is written unasked"
    );
    running.click("export");
    let start = std::time::Instant::now();
    while std::fs::metadata(&photo).unwrap().len() == 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing is written");
        running.wait(Duration::from_millis(100));
    }
    running.wait(A_MOMENT);
    let (written, seen) = (common::picture(&photo), running.seen("preview"));
    assert!(alike(&written, &seen), "{:?}", distance(&written, &seen));
    assert!(!clip.exists());
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
    running.wait(A_MOMENT);
    running.display.resize(window, 1240, 780);
    running.click("pause");
    running.gone("preview");
    running.click("pause");
    running.place("preview");
    running.wait(A_MOMENT);
    let seen = running.seen("preview");
    running
        .display
        .screenshot()
        .save(folder.join("window.png"))
        .unwrap();
    assert!(alike(&seen, &with), "{:?}", distance(&seen, &with));
}
