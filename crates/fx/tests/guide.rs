//! `docs/EFFECTS.md`: what it tells authors to type, does what it says.
//!
//! It needs Xvfb, a display that nobody sees, as a part of it opens windows.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Display, Run, Scratch};
use serde_json::Value;

const GUIDE: &str = include_str!("../../../docs/EFFECTS.md");

/// The blocks in a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let begun = GUIDE.split(&fence).skip(1);
    begun.map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Runs a line as a shell does, in a folder, with the tool at hand, and types `y`.
fn shell(folder: &str, line: &str, display: &str) -> Run {
    let tools = Path::new(env!("CARGO_BIN_EXE_moretta-fx")).parent().unwrap();
    let mut paths = vec![tools.to_owned()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut child = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(paths).unwrap())
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It need not read what is typed.
    let _ = child.stdin.take().unwrap().write_all(b"y\n");
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn every_command_works_as_written() {
    let scratch = Scratch::new("guide");
    let display = Display::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::os::unix::fs::symlink(root.join("effects"), scratch.path("effects")).unwrap();
    for name in ["me.jpg", "friend.jpg"] {
        scratch.put(name, include_bytes!("../inputs/portrait.webp"));
    }
    let [tests] = blocks("json")
        .into_iter()
        .filter(|it| it.contains("\"golden\""))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let tests: Value = serde_json::from_str(&format!("{{{tests}}}")).unwrap();

    let lines = blocks("sh").into_iter().flat_map(str::lines);
    let lines: Vec<&str> = lines.filter(|line| line.starts_with("moretta-fx ")).collect();
    assert!(lines.len() > 12, "the guide has commands");
    for line in lines {
        let (words, comment) = line.split_once('#').unwrap_or((line, ""));
        // A window that stays open for ever would be no test, and a long animation shows no more than a short one.
        let shorter = if words.contains(" preview ") {
            " --frames 2"
        } else if words.contains(".gif") || words.contains(".apng") {
            " --for 0.6"
        } else {
            ""
        };
        let run = shell(&scratch.path(""), &format!("{words}{shorter}"), &display.name);
        let code = i32::from(comment.contains("fails"));
        assert_eq!(run.code, code, "{line}\n{}{}", run.out, run.err);
        if words.contains(" new ") {
            let mut manifest: Value = serde_json::from_slice(&scratch.read("my-bow/effect.json")).unwrap();
            manifest["tests"] = tests["tests"].clone();
            scratch.put("my-bow/effect.json", manifest.to_string());
        }
        // What it writes is there.
        let mut words = words.split_whitespace();
        if words.any(|word| word == "-o" || word == ">") {
            let path = PathBuf::from(scratch.path(words.next().unwrap()));
            assert!(path.exists(), "{line}");
        }
    }
    assert_eq!(scratch.names("my-bow/tests"), ["hearts.png", "portrait.png"]);
}

#[test]
fn what_is_broken_is_said_as_the_guide_says() {
    let scratch = Scratch::new("guide_broken");
    scratch.starter("my-bow");
    let manifest = String::from_utf8(scratch.read("my-bow/effect.json")).unwrap();
    assert!(GUIDE.contains("from `1.5` to `2.5`") && GUIDE.contains("with `\"size\": \"big\"`"));
    let validate = |manifest: String, code| {
        scratch.put("my-bow/effect.json", manifest);
        shell(&scratch.path(""), "moretta-fx validate my-bow", "").expect(code)
    };
    let larger = manifest.replace("\"size\": 1.5", "\"size\": 2.5");
    assert_ne!(larger, manifest);
    validate(larger, 0);
    let printed = validate(manifest.replace("\"size\": 1.5", "\"size\": \"big\""), 1);
    let [expected] = blocks("text").try_into().unwrap();
    assert!(
        printed.starts_with(expected),
        "{expected} expected, found {printed}"
    );
}

#[test]
fn what_else_to_try_can_be_tried() {
    let scratch = Scratch::new("guide_try");
    let table = GUIDE.split("| change | what it does |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let changes: Vec<&str> = rows.map(|row| row.split('`').nth(1).unwrap()).collect();
    assert!(changes.len() > 4, "{changes:?}");
    for change in changes {
        let pack = scratch.starter("my-bow");
        if change.starts_with("--set ") {
            let line = format!("moretta-fx render my-bow {change} -o bow.png");
            shell(&scratch.path(""), &line, "").expect(0);
        } else {
            let more: Value = serde_json::from_str(&format!("{{{change}}}")).unwrap();
            let mut manifest: Value = serde_json::from_slice(&scratch.read("my-bow/effect.json")).unwrap();
            let nodes = manifest["nodes"].as_array_mut().unwrap();
            let bow = nodes.iter_mut().find(|node| node["id"] == "bow").unwrap();
            bow.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            scratch.put("my-bow/effect.json", manifest.to_string());
            common::fx(["validate", "--deny-warnings", &pack]).expect(0);
        }
        std::fs::remove_dir_all(pack).unwrap();
    }
}

#[test]
fn the_guide_names_every_picture_of_the_tool() {
    let scratch = Scratch::new("guide_inputs");
    let pack = scratch.sticker("dot", "");
    let printed = common::fx(["render", &pack, "-i", "builtin:nothing", "-o", "out.png"]).expect(2);
    let names = printed.split("one of ").nth(1).unwrap();
    let mut names: Vec<&str> = names.split(" expected").next().unwrap().split(", ").collect();
    let rows = GUIDE.lines().filter(|line| line.starts_with("| `builtin:"));
    let mut told: Vec<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
        .collect();
    names.sort_unstable();
    told.sort_unstable();
    assert_eq!(names, told);
}
