//! `validate`: what is wrong, where, and with which exit code.

#![allow(
    clippy::disallowed_methods,
    reason = "makes the files that the tool is to refuse"
)]

mod common;

use common::{Scratch, fx, manifest};
use serde_json::Value;

const NODE: &str = r#""nodes": [
    { "id": "a", "kind": "sticker2d", "asset": "dot", "anchor": "nose_tip" }
  ]"#;

#[test]
fn a_valid_pack_is_valid_as_a_folder_and_as_a_file() {
    let scratch = Scratch::new("validate_valid");
    let folder = scratch.sticker("dot", NODE);
    let mask = scratch.path("dot.mask");
    fx(["pack", &folder, "-o", &mask]).expect(0);
    let printed = fx(["validate", &folder, &mask]).expect(0);
    assert_eq!(printed, format!("{folder}: valid\n{mask}: valid\n"));
    // A manifest stands for its folder.
    let printed = fx(["validate", &format!("{folder}/effect.json")]).expect(0);
    assert_eq!(printed, format!("{folder}: valid\n"));
}

#[test]
fn what_is_wrong_is_said_with_file_line_pointer_expected_and_found() {
    let scratch = Scratch::new("validate_wrong");
    for (name, more, words) in [
        (
            "type",
            NODE.replace(r#""nose_tip""#, r#""nose_tip", "size": [1, 2, 3]"#),
            "effect.json:10:77: error: /nodes/0/size: ",
        ),
        (
            "anchor",
            NODE.replace("nose_tip", "nosetip"),
            "effect.json:10:55: error: /nodes/0/anchor: ",
        ),
        (
            "asset",
            NODE.replace(r#""asset": "dot""#, r#""asset": "dott""#),
            "effect.json:10:39: error: /nodes/0/asset: ",
        ),
        (
            "missing",
            NODE.replace(r#", "anchor": "nose_tip""#, ""),
            "effect.json:10:5: error: /nodes/0",
        ),
        (
            "formula",
            NODE.replace(r#""nose_tip""#, r#""nose_tip", "opacity": "1 +""#),
            "effect.json:10:77: error: /nodes/0/opacity: ",
        ),
        ("json", "\"nodes\": [".to_owned(), "effect.json:10:1: error: "),
    ] {
        let folder = scratch.sticker(name, &more);
        let run = fx(["validate", &folder]);
        assert_eq!(run.code, 1, "{name}: {}", run.out);
        assert!(
            run.out.contains(&format!("{folder}/{words}")),
            "{name}: {}",
            run.out
        );
        assert!(
            run.out.contains(" expected, ") && run.out.contains(" found"),
            "{name}: {}",
            run.out
        );
        assert!(
            run.out.ends_with(&format!("{folder}: invalid\n")),
            "{name}: {}",
            run.out
        );
        assert_eq!(run.err, "error: 1 of 1 pack is invalid\n");
    }
}

#[test]
fn files_that_are_missing_or_broken_are_named() {
    let scratch = Scratch::new("validate_files");
    let folder = scratch.sticker("dot", NODE);
    scratch.put("dot/dot.png", "no picture");
    let printed = fx(["validate", &folder]).expect(1);
    assert!(printed.contains("dot.png: "), "{printed}");

    let other = scratch.path("other");
    scratch.put("other/effect.json", manifest(NODE));
    let printed = fx(["validate", &other]).expect(1);
    assert!(
        printed.contains("/assets/dot/path: ") && printed.contains("dot.png"),
        "{printed}"
    );

    scratch.put("broken.mask", "PK, but no zip");
    let mask = scratch.path("broken.mask");
    let printed = fx(["validate", &mask]).expect(1);
    assert!(
        printed.starts_with(&format!(
            "{mask}: error: the .mask file: a zip that ends with its end record expected, "
        )),
        "{printed}"
    );

    // No more than a pack may have is read of what is none.
    let huge = scratch.path("huge.mask");
    std::fs::File::create(&huge).unwrap().set_len(1 << 36).unwrap();
    let printed = fx(["validate", &huge]).expect(2);
    assert!(
        printed.contains("a file of at most 67108864 bytes expected, a longer one found"),
        "{printed}"
    );
    std::fs::remove_file(&huge).unwrap();
    (0..257).for_each(|number| scratch.put(&format!("many/{number}.png"), ""));
    let printed = fx(["validate", &scratch.path("many")]).expect(2);
    assert!(
        printed.contains("a pack of at most 256 files expected, more found"),
        "{printed}"
    );

    scratch.put("empty/readme.txt", "");
    let printed = fx(["validate", &scratch.path("empty")]).expect(1);
    assert!(
        printed.contains("\"effect.json\" expected, none found"),
        "{printed}"
    );
}

#[test]
fn warnings_are_said_and_denied_only_if_asked() {
    let scratch = Scratch::new("validate_warnings");
    let folder = scratch.sticker(
        "dot",
        &NODE.replace(r#""nose_tip""#, r#""nose_tip", "colour": "red""#),
    );
    scratch.put("dot/notes.txt", "nothing names this");
    let printed = fx(["validate", &folder]).expect(0);
    assert!(
        printed.contains("effect.json:10:77: warning: /nodes/0/colour: "),
        "{printed}"
    );
    assert!(printed.contains("warning: notes.txt: "), "{printed}");
    assert!(
        printed.ends_with(&format!("{folder}: valid, 2 warnings\n")),
        "{printed}"
    );

    let printed = fx(["validate", "--deny-warnings", &folder]).expect(1);
    assert!(
        printed.contains(&format!("{folder}: invalid, 2 warnings\n")),
        "{printed}"
    );
    let clean = scratch.sticker("clean", NODE);
    fx(["validate", "--deny-warnings", &clean]).expect(0);
}

#[test]
fn what_the_system_hides_is_no_file_of_a_pack() {
    let scratch = Scratch::new("validate_hidden");
    let folder = scratch.sticker("dot", NODE);
    scratch.put("dot/.git/config", "");
    scratch.put("dot/.DS_Store", "");
    assert_eq!(fx(["validate", &folder]).expect(0), format!("{folder}: valid\n"));
}

#[test]
fn json_says_the_same_to_programs() {
    let scratch = Scratch::new("validate_json");
    let good = scratch.sticker("good", NODE);
    let bad = scratch.sticker("bad", &NODE.replace("nose_tip", "nosetip"));
    scratch.put("good/notes.txt", "");
    let run = fx(["validate", "--json", &good, &bad]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: 1 of 2 packs are invalid\n")
    );
    let reports: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(reports[0]["pack"], good.as_str());
    assert_eq!(
        (&reports[0]["valid"], &reports[1]["valid"]),
        (&true.into(), &false.into())
    );
    assert_eq!(reports[0]["errors"], Value::Array(vec![]));
    assert_eq!(reports[0]["warnings"][0]["file"], "notes.txt");
    assert_eq!(reports[0]["warnings"][0]["line"], Value::Null);
    let error = &reports[1]["errors"][0];
    assert_eq!(error["file"], "effect.json");
    assert_eq!(error["pointer"], "/nodes/0/anchor");
    assert_eq!((&error["line"], &error["column"]), (&10.into(), &55.into()));
    for key in ["expected", "found", "message"] {
        assert!(
            error[key].as_str().is_some_and(|it| !it.is_empty()),
            "{key}: {error}"
        );
    }
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    let scratch = Scratch::new("validate_usage");
    for words in [
        vec!["validate"],
        vec!["validate", "--colour", "x"],
        vec!["frobnicate"],
        vec![],
        vec!["pack", "x"],
        vec!["render", "x"],
        vec!["diff", "x", "--yes"],
    ] {
        let run = fx(&words);
        assert_eq!(run.code, 2, "{words:?}: {}{}", run.out, run.err);
        assert!(run.err.contains("Usage: moretta-fx"), "{words:?}: {}", run.err);
    }
    let nothing = scratch.path("nothing");
    let printed = fx(["validate", &nothing]).expect(2);
    assert!(
        printed.contains(&format!("{nothing}: a file or a folder expected, nothing found")),
        "{printed}"
    );
}

#[test]
fn help_says_what_exit_codes_mean() {
    let printed = fx(["--help"]).expect(0);
    for words in [
        "validate",
        "preview",
        "diff",
        "Exit codes",
        "1  a pack is invalid",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
}
