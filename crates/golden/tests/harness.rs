//! The harness refuses what it should, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]
#![allow(
    clippy::disallowed_methods,
    reason = "breaks goldens of its own in the folder that Cargo keeps for tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use moretta_golden::{Difference, Golden, GoldenError, Picture, Tolerance};

/// Empty folders for one test.
fn folders(test: &str) -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    (root.join("golden"), root.join("output"))
}

fn harness(test: &str) -> (Golden, PathBuf) {
    let (golden, output) = folders(test);
    (Golden::new(golden, &output).blessing(false), output)
}

/// A 4 by 3 picture whose bytes count up.
fn picture() -> Picture {
    Picture::new(4, 3, (0..48).collect()).unwrap()
}

/// The same with one byte changed by `by`.
fn changed(at: usize, by: u8) -> Picture {
    let mut bytes: Vec<u8> = (0..48).collect();
    bytes[at] += by;
    Picture::new(4, 3, bytes).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_same_picture_passes_and_leaves_nothing() {
    let (golden, output) = harness("same");
    picture().write(&golden.path("it")).unwrap();
    golden.check("it", &picture(), Tolerance::EXACT).unwrap();
    assert!(files(&output).is_empty());
}

#[test]
fn one_level_of_one_channel_is_seen_alpha_included() {
    let (golden, output) = harness("one level");
    picture().write(&golden.path("it")).unwrap();
    for at in [0, 1, 2, 3, 47] {
        let found = golden.check("it", &changed(at, 1), Tolerance::EXACT).unwrap_err();
        let GoldenError::Differs { found, .. } = found else {
            panic!("{found}");
        };
        assert_eq!(
            found,
            Difference {
                largest: 1,
                pixels: 1
            }
        );
    }
    assert_eq!(
        files(&output),
        ["it-actual.png", "it-diff.png", "it-expected.png"]
    );
    let left = |what: &str| Picture::read(&output.join(format!("it-{what}.png"))).unwrap();
    assert_eq!(left("expected"), picture());
    assert_eq!(left("actual"), changed(47, 1));
    assert_eq!(left("diff").pixel(3, 2), [127, 127, 127, 255], "alpha as grey");
    assert_eq!(left("diff").pixel(0, 0), [0, 0, 0, 255]);
}

#[test]
fn a_tolerance_has_two_bounds() {
    let (golden, _) = harness("tolerance");
    picture().write(&golden.path("it")).unwrap();
    let check = |picture: &Picture, max_channel, pixels| {
        golden.check("it", picture, Tolerance { max_channel, pixels })
    };
    let one = changed(5, 3);
    assert!(check(&one, 3, 1).is_ok());
    assert!(check(&one, 2, 1).is_err(), "too far off");
    assert!(check(&one, 3, 0).is_err(), "too many");
    let shifted = Picture::new(4, 3, (1..49).collect()).unwrap();
    assert!(check(&shifted, 1, 12).is_ok());
    assert!(check(&shifted, 1, 11).is_err());
}

#[test]
fn what_is_missing_is_a_failure_and_is_not_written() {
    let (golden, output) = harness("missing");
    let found = golden.check("it", &picture(), Tolerance::EXACT).unwrap_err();
    assert!(matches!(found, GoldenError::Missing { .. }), "{found}");
    assert!(!golden.path("it").exists());
    assert_eq!(files(&output), ["it-actual.png"]);
}

#[test]
fn another_size_is_a_failure() {
    let (golden, _) = harness("size");
    Picture::new(3, 4, (0..48).collect())
        .unwrap()
        .write(&golden.path("it"))
        .unwrap();
    let anything = Tolerance {
        max_channel: 255,
        pixels: usize::MAX,
    };
    let found = golden.check("it", &picture(), anything).unwrap_err();
    assert!(
        matches!(
            found,
            GoldenError::Size {
                expected: (3, 4),
                found: (4, 3)
            }
        ),
        "{found}"
    );
}

#[test]
fn what_is_no_picture_is_a_failure() {
    let (golden, _) = harness("unreadable");
    let path = golden.path("it");
    picture().write(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    golden
        .check("it", &picture(), Tolerance::EXACT)
        .expect("the control");
    for bytes in [&b"not a picture"[..], &[], &whole[..whole.len() / 2]] {
        fs::write(&path, bytes).unwrap();
        let found = golden.check("it", &picture(), Tolerance::EXACT).unwrap_err();
        assert!(matches!(found, GoldenError::Unreadable { .. }), "{found}");
    }
}

#[test]
fn blessing_writes_and_still_fails() {
    let (golden, _) = harness("bless");
    let blessing = golden.clone().blessing(true);
    let found = blessing.check("it", &picture(), Tolerance::EXACT).unwrap_err();
    assert!(matches!(found, GoldenError::Blessed { .. }), "{found}");
    golden.check("it", &picture(), Tolerance::EXACT).unwrap();
    let near = Tolerance {
        max_channel: 9,
        pixels: 9,
    };
    blessing.check("it", &changed(5, 9), near).expect("near enough");
    let kept = Picture::read(&golden.path("it")).unwrap();
    assert_eq!(kept, picture(), "what is near enough stays");
}

#[test]
fn pictures_have_four_bytes_a_pixel() {
    assert!(Picture::new(2, 2, vec![0; 16]).is_ok());
    for wrong in [0, 15, 17] {
        let found = Picture::new(2, 2, vec![0; wrong]).unwrap_err();
        assert!(
            matches!(found, GoldenError::Bytes { expected: 16, .. }),
            "{found}"
        );
    }
}

#[test]
fn pixels_beyond_a_slack_are_counted_alpha_included() {
    let actual = Picture::new(
        4,
        3,
        (0..48).map(|byte| byte + [0, 2, 3][byte as usize / 16]).collect(),
    )
    .unwrap();
    let beyond = |slack| Difference::beyond(slack, &picture(), &actual).unwrap();
    assert_eq!([0, 1, 2, 3].map(beyond), [8, 8, 4, 0]);
    let alpha = |by| Difference::beyond(2, &picture(), &changed(7, by)).unwrap();
    assert_eq!((alpha(2), alpha(3)), (0, 1));
    let other = Picture::new(3, 4, vec![0; 48]).unwrap();
    assert!(matches!(
        Difference::beyond(255, &picture(), &other),
        Err(GoldenError::Size { .. })
    ));
}

#[test]
fn a_golden_in_memory_is_read_as_one_in_a_file() {
    let (golden, _) = harness("memory");
    let path = golden.path("it");
    picture().write(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(Picture::from_png(&bytes, &path).unwrap(), picture());
    let half = &bytes[..bytes.len() / 2];
    let message = Picture::from_png(half, Path::new("the golden"))
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("the golden at the golden: "), "{message}");
}
