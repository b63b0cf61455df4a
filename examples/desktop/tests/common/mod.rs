//! What the tests of the app share: the pictures that they show it, and its runs without a window.

#![allow(dead_code, reason = "each test uses its own share of this")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "the helpers of a test may fail it, and write files"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::RgbaImage;

/// An effect that stands still while the face does, with a slider that is seen.
pub const EFFECT: &str = "glasses";

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// A folder of this test's own, empty.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A person who does not move: a still picture.
pub fn still() -> PathBuf {
    root().join("examples/media/astronaut.png")
}

/// The app, in the workspace's root, with the workspace's effects.
pub fn app() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moretta-desktop"));
    command.current_dir(root()).args(["--effects", "effects"]);
    command
}

/// The app without a window, with consent.
pub fn headless(source: &Path) -> Command {
    let mut command = app();
    command
        .args(["--headless", "--consent", "from-14", "--source"])
        .arg(source);
    command
}

/// Runs to the end, which must be a success. Returns what was printed.
pub fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a program printed, for a message.
pub fn told(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    format!("{}\n{out}\n{err}", output.status)
}

/// The picture of a source after some frames.
pub fn drawn(source: &Path, folder: &Path, name: &str, words: &[&str]) -> RgbaImage {
    let path = folder.join(name);
    printed(
        headless(source)
            .args(["--frames", "12", "--export"])
            .arg(&path)
            .args(words),
    );
    picture(&path)
}

pub fn picture(path: &Path) -> RgbaImage {
    image::open(path).unwrap().into_rgba8()
}

/// How far two pictures are apart: each brought to 32 x 32 cells, the largest difference of a cell's channel, and the mean.
pub fn distance(a: &RgbaImage, b: &RgbaImage) -> (u8, f64) {
    let cells = |picture: &RgbaImage| image::imageops::thumbnail(picture, 32, 32);
    let (a, b) = (cells(a), cells(b));
    let channels = a
        .pixels()
        .zip(b.pixels())
        .flat_map(|(a, b)| (0..3).map(|c| a.0[c].abs_diff(b.0[c])));
    let differences: Vec<u8> = channels.collect();
    let mean = differences.iter().map(|&it| f64::from(it)).sum::<f64>() / differences.len() as f64;
    (differences.into_iter().max().unwrap_or_default(), mean)
}

/// Whether there is nothing to draw with and the caller said so. It is told, not hidden.
pub fn skipped() -> bool {
    let skip = std::env::var_os("MORETTA_SKIP_GPU").is_some_and(|value| value == "1");
    if skip {
        println!("skipped: MORETTA_SKIP_GPU=1");
    }
    skip
}
