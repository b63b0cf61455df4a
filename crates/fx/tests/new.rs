//! `new`, and all that an author does next.

mod common;

use common::{Scratch, differing, fx};
use serde_json::Value;

#[test]
fn a_new_pack_validates_packs_and_looks_like_something() {
    let scratch = Scratch::new("new_chain");
    let folder = scratch.path("red-bow");
    let printed = fx(["new", &folder]).expect(0);
    assert!(printed.contains("org.example.red-bow"), "{printed}");
    let manifest: Value = serde_json::from_slice(&scratch.read("red-bow/effect.json")).unwrap();
    assert_eq!(manifest["id"], "org.example.red-bow");
    assert_eq!(manifest["name"]["en"], "Red bow");

    fx(["validate", "--deny-warnings", &folder]).expect(0);
    let mask = scratch.path("red-bow.mask");
    fx(["pack", &folder, "-o", &mask]).expect(0);
    fx(["validate", "--deny-warnings", &mask]).expect(0);

    // From the folder and from the file alike.
    let render = |pack: &str, out: &str, more: &[&str]| {
        let out = scratch.path(out);
        fx([&["render", pack, "--software", "-o", &out], more].concat()).expect(0);
    };
    render(&folder, "folder.png", &[]);
    render(&mask, "mask.png", &[]);
    assert_eq!(scratch.picture("folder.png"), scratch.picture("mask.png"));

    // The cheeks are rosier than without, and that is the parameter's doing; the bow is there in both.
    render(&folder, "pale.png", &["--set", "blush=0"]);
    let plain = scratch.sticker("plain", "");
    render(&plain, "plain.png", &[]);
    let (worn, pale, plain) = (
        scratch.picture("folder.png"),
        scratch.picture("pale.png"),
        scratch.picture("plain.png"),
    );
    assert!(differing(&worn, &pale, 4) > 200, "{}", differing(&worn, &pale, 4));
    assert!(
        differing(&pale, &plain, 40) > 500,
        "{}",
        differing(&pale, &plain, 40)
    );
}

#[test]
fn nothing_is_overwritten() {
    let scratch = Scratch::new("new_taken");
    scratch.put("taken/notes.txt", "mine");
    let printed = fx(["new", &scratch.path("taken")]).expect(2);
    assert!(printed.contains("an empty folder or none expected"), "{printed}");
    assert_eq!(scratch.names("taken"), ["notes.txt"]);
    scratch.put("file", "mine");
    fx(["new", &scratch.path("file")]).expect(2);
    std::fs::create_dir(scratch.path("free")).unwrap();
    fx(["new", &scratch.path("free")]).expect(0);
}

#[test]
fn ids_may_be_chosen_and_are_checked() {
    let scratch = Scratch::new("new_ids");
    fx(["new", &scratch.path("a"), "--id", "com.mine.bow"]).expect(0);
    let manifest: Value = serde_json::from_slice(&scratch.read("a/effect.json")).unwrap();
    assert_eq!(manifest["id"], "com.mine.bow");
    let printed = fx(["new", &scratch.path("b"), "--id", "Bow"]).expect(2);
    assert!(printed.contains("\"Bow\": an id such as"), "{printed}");
    assert_eq!(scratch.names(""), ["a"]);
    // In the folder where one is.
    std::fs::create_dir(scratch.path("here")).unwrap();
    let here = common::tool()
        .args(["new", "."])
        .current_dir(scratch.path("here"))
        .output()
        .unwrap();
    assert!(here.status.success(), "{here:?}");
    let manifest: Value = serde_json::from_slice(&scratch.read("here/effect.json")).unwrap();
    assert_eq!(manifest["id"], "org.example.here");
    // Whatever a folder is called.
    fx(["new", &scratch.path("Ü \"quoted\"")]).expect(0);
    fx(["validate", "--deny-warnings", &scratch.path("Ü \"quoted\"")]).expect(0);
}
