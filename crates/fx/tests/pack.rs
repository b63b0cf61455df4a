//! `pack`: one file, the same each time, that reads back as the folder.

mod common;

use common::{Scratch, fx};
use moretta_pack::read_mask;

const TESTED: &str = r#""nodes": [{ "id": "a", "kind": "sticker2d", "asset": "dot", "anchor": "nose_tip" }],
  "tests": [
    { "input": "builtin:portrait", "golden": "tests/a.png" },
    { "input": "dot.png", "golden": "tests/b.png" }
  ]"#;

#[test]
fn the_same_files_make_the_same_bytes_and_another_file_others() {
    let scratch = Scratch::new("pack_bytes");
    let (one, two) = (scratch.path("one.mask"), scratch.path("two.mask"));
    let folder = scratch.starter("bow");
    let printed = fx(["pack", &folder, "-o", &one]).expect(0);
    assert!(
        printed.starts_with(&format!("{one}: ")) && printed.contains("in 4 files"),
        "{printed}"
    );
    // Another folder, written at another time.
    let same = scratch.starter("again/bow");
    fx(["pack", &same, "-o", &two]).expect(0);
    assert_eq!(scratch.read("one.mask"), scratch.read("two.mask"));

    let mut manifest = scratch.read("again/bow/effect.json");
    manifest.push(b'\n');
    scratch.put("again/bow/effect.json", manifest);
    fx(["pack", &same, "-o", &two]).expect(0);
    assert_ne!(scratch.read("one.mask"), scratch.read("two.mask"));
}

#[test]
fn goldens_stay_behind_unless_asked_for() {
    let scratch = Scratch::new("pack_tests");
    let folder = scratch.sticker("dot", TESTED);
    for golden in ["a", "b"] {
        scratch.put(&format!("dot/tests/{golden}.png"), scratch.read("dot/dot.png"));
    }
    let (without, with) = (scratch.path("without.mask"), scratch.path("with.mask"));
    let printed = fx(["pack", &folder, "-o", &without]).expect(0);
    assert!(printed.contains("in 2 files"), "{printed}");
    let printed = fx(["pack", &folder, "-o", &with, "--with-tests"]).expect(0);
    assert!(printed.contains("in 4 files"), "{printed}");

    let read = |name: &str| read_mask(&scratch.read(name)).unwrap();
    // What a test names and the effect too goes along.
    assert_eq!(
        read("without.mask").into_keys().collect::<Vec<_>>(),
        ["dot.png", "effect.json"]
    );
    assert_eq!(read("with.mask")["tests/a.png"], scratch.read("dot/dot.png"));
    assert_eq!(read("with.mask")["tests/b.png"], scratch.read("dot/dot.png"));
    fx(["validate", "--deny-warnings", &without, &with]).expect(0);
}

#[test]
fn what_is_invalid_is_not_packed() {
    let scratch = Scratch::new("pack_invalid");
    let folder = scratch.sticker("dot", r#""nodes": [{ "id": "a", "kind": "sticker2d" }]"#);
    let out = scratch.path("dot.mask");
    let printed = fx(["pack", &folder, "-o", &out]).expect(1);
    assert!(printed.contains("error: /nodes/0"), "{printed}");
    assert!(!scratch.names("").contains(&"dot.mask".to_owned()));
}

#[test]
fn a_pack_is_made_of_a_folder_and_outside_of_it() {
    let scratch = Scratch::new("pack_usage");
    let folder = scratch.starter("bow");
    let mask = scratch.path("bow.mask");
    fx(["pack", &folder, "-o", &mask]).expect(0);
    let printed = fx(["pack", &mask, "-o", &scratch.path("again.mask")]).expect(2);
    assert!(printed.contains("a folder expected"), "{printed}");
    let printed = fx(["pack", &folder, "-o", &format!("{folder}/bow.mask")]).expect(2);
    assert!(printed.contains("a place outside"), "{printed}");
    // However it is written.
    fx(["pack", &folder, "-o", &format!("{folder}/../bow/bow.mask")]).expect(2);
    fx(["pack", &folder, "-o", &format!("{folder}/../bow.mask")]).expect(0);
    let printed = fx(["pack", &folder, "-o", &scratch.path("nowhere/bow.mask")]).expect(2);
    assert!(
        printed.contains("nowhere: a folder expected to write in, none found"),
        "{printed}"
    );
    let printed = fx(["pack", &folder, "-o", &scratch.path("")]).expect(2);
    assert!(
        printed.contains("a file to write expected, a folder found"),
        "{printed}"
    );
}
