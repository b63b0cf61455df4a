//! `preview`: a window that follows what is saved.
//!
//! It needs Xvfb, a display that nobody sees.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};

use common::{Display, Scratch};

const NODE: &str = r#""nodes": [{ "id": "a", "kind": "sticker2d", "asset": "dot", "anchor": "nose_tip" }]"#;

/// The tool, showing a pack.
struct Preview {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Preview {
    fn start(display: &Display, words: &[&str]) -> Self {
        let mut child = common::tool()
            .arg("preview")
            .args(words)
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Waits for the next line.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Waits for the end: the exit code and what was printed to the standard error.
    fn end(mut self) -> (i32, String) {
        let mut words = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut words)
            .unwrap();
        (self.child.wait().unwrap().code().unwrap(), words)
    }
}

#[test]
fn what_is_saved_is_shown_and_what_is_broken_is_said() {
    let display = Display::new();
    let scratch = Scratch::new("preview_reload");
    let pack = scratch.sticker("dot", NODE);
    // Frames enough for what follows; each takes 40 ms at least.
    let mut preview = Preview::start(&display, &[&pack, "--frames", "150"]);
    assert_eq!(preview.line(), format!("{pack}: shown"));
    scratch.put(
        "dot/effect.json",
        common::manifest(&NODE.replace("nose_tip", "chin")),
    );
    assert_eq!(preview.line(), format!("{pack}: shown"));
    scratch.put(
        "dot/effect.json",
        common::manifest(&NODE.replace("nose_tip", "nosetip")),
    );
    assert_eq!(
        preview.line(),
        format!("{pack}: broken, the last good version is shown")
    );
    scratch.put("dot/effect.json", common::manifest(NODE));
    assert_eq!(preview.line(), format!("{pack}: shown"));
    let (code, words) = preview.end();
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("error: /nodes/0/anchor: "), "{words}");
}

#[test]
fn a_pack_that_is_broken_at_first_can_be_mended() {
    let display = Display::new();
    let scratch = Scratch::new("preview_mend");
    let pack = scratch.sticker("dot", "\"nodes\": [");
    let mut preview = Preview::start(&display, &[&pack, "-i", "builtin:neutral", "--frames", "60"]);
    assert_eq!(
        preview.line(),
        format!("{pack}: broken, the last good version is shown")
    );
    scratch.put("dot/effect.json", common::manifest(NODE));
    assert_eq!(preview.line(), format!("{pack}: shown"));
    let (code, words) = preview.end();
    assert_eq!(code, 0, "{words}");
}

#[test]
fn without_a_pack_or_a_display_there_is_no_preview() {
    let display = Display::new();
    let scratch = Scratch::new("preview_nothing");
    let nothing = scratch.path("nothing");
    let (code, words) = Preview::start(&display, &[&nothing]).end();
    assert_eq!(code, 2, "{words}");
    assert!(words.contains("nothing found"), "{words}");

    let pack = scratch.sticker("dot", NODE);
    let (code, words) = Preview::start(&Display::missing(), &[&pack, "--frames", "1"]).end();
    assert_eq!(code, 3, "{words}");
    assert!(words.contains("error: the window: "), "{words}");
}
