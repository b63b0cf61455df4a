//! `cargo xtask demo`: the whole pipeline on the clip that comes along, from a bare machine on.
//!
//! 1. Without a window: a picture of every effect and a clip into `target/demo`; times, adapter, protections printed.
//! 2. Two people who exchange their looks, from a picture of both.
//! 3. The face of a photo on the man in the clip.
//! 4. With a window, if there is a display.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::steps::{self, Step};
use crate::workspace::{cargo, root, target_directory};
use crate::{process, setup};

/// What the demo is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Also looks, with strace, that nothing is written but what is asked for, and that no socket is opened.
    pub(crate) strace: bool,
    /// Also locks the process in: see `moretta-desktop --lockdown`.
    pub(crate) lockdown: bool,
    /// No window, whatever there is to show it on.
    pub(crate) headless: bool,
}

/// The clip that comes along, and what is worn in it.
const CLIP: &str = "examples/media/webcam.webp";
const EFFECTS: &str = "effects";
const EFFECT: &str = "cat";

/// A picture of two, and what they wear.
const TWO: &str = "effects/swap/tests/two.webp";
const SWAP: &str = "swap";

/// A photo of somebody else, and what brings it onto the clip.
const PHOTO: &str = "crates/fx/inputs/portrait.webp";
const FROM_A_PHOTO: &str = "photo";

/// Sets up, builds, and shows.
///
/// # Errors
/// [`Error::Missing`] if something cannot be installed, [`Error::Failed`] if a step fails.
pub(crate) fn run(options: Options) -> Result<(), Error> {
    let (x11, wayland) = displays(options);
    let target = target_directory()?;
    let folder = target.join("demo");
    let program = target
        .join("release")
        .join(format!("moretta-desktop{}", env::consts::EXE_SUFFIX));
    let mut steps = vec![
        Step::new("setup", || setup::ensure(&setup::pictures(options.strace))),
        Step::new("build", || {
            process::run(cargo().args(["build", "--release", "--package", "moretta-desktop"]))
        }),
        Step::new("pictures", || {
            fs::create_dir_all(&folder).map_err(|source| Error::Write {
                path: folder.clone(),
                source,
            })?;
            let mut command = if options.strace {
                traced(&program, &folder, options)
            } else {
                let mut command = Command::new(&program);
                command.args(headless(&folder, options));
                command
            };
            process::run(command.current_dir(root()))
        }),
        Step::new("swap", || {
            process::run(Command::new(&program).args(swap(&folder)).current_dir(root()))
        }),
        Step::new("donor", || {
            process::run(Command::new(&program).args(donor(&folder)).current_dir(root()))
        }),
    ];
    if x11 || wayland {
        // Last, so that there are pictures even where the window is lacking something.
        steps.push(Step::new("window", || {
            setup::ensure(&setup::window(wayland))?;
            println!("close the window to go on");
            process::run(Command::new(&program).args(window(options)).current_dir(root()))
        }));
    }
    let result = steps::run("demo", steps);
    if clip(&folder).is_file() {
        println!("look at {}", folder.display());
    }
    result
}

/// Whether there is an X server, and whether there is a Wayland compositor, to show a window.
fn displays(options: Options) -> (bool, bool) {
    let set = |name| cfg!(target_os = "linux") && env::var_os(name).is_some_and(|value| !value.is_empty());
    if options.headless {
        (false, false)
    } else if cfg!(target_os = "linux") {
        (set("DISPLAY"), set("WAYLAND_DISPLAY"))
    } else {
        (true, false)
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// What is common to both.
fn common(options: Options) -> Vec<OsString> {
    let mut all = words(&[
        "--source",
        CLIP,
        "--effects",
        EFFECTS,
        "--effect",
        EFFECT,
        "--best-effort",
    ]);
    if options.lockdown {
        all.push("--lockdown".into());
    }
    all
}

/// Whoever starts the demo agrees for the man in the clip, who published it.
fn headless(folder: &Path, options: Options) -> Vec<OsString> {
    let mut all = common(options);
    all.extend(words(&[
        "--headless",
        "--consent",
        "from-14",
        "--frames",
        "140",
        "--gallery",
    ]));
    all.push(folder.into());
    for file in [clip(folder), folder.join("photo.png")] {
        all.push("--export".into());
        all.push(file.into());
    }
    // strace would see what is tried.
    if options.lockdown && !options.strace {
        all.push("--self-test".into());
        all.push(folder.join("must-not-be").into());
    }
    all
}

/// Two people with each other's looks. Both pictures were published for anybody's use.
fn swap(folder: &Path) -> Vec<OsString> {
    let mut all = words(&[
        "--source",
        TWO,
        "--effects",
        EFFECTS,
        "--effect",
        SWAP,
        "--best-effort",
        "--headless",
        "--consent",
        "from-14",
        "--frames",
        "8",
        "--export",
    ]);
    all.push(folder.join("swap.png").into());
    all
}

/// The clip with the face of a photo, which was published for anybody's use too.
fn donor(folder: &Path) -> Vec<OsString> {
    let mut all = words(&[
        "--source",
        CLIP,
        "--effects",
        EFFECTS,
        "--effect",
        FROM_A_PHOTO,
        "--donor",
        PHOTO,
        "--best-effort",
        "--headless",
        "--consent",
        "from-14",
        "--frames",
        "60",
    ]);
    for name in ["donor.gif", "donor.png"] {
        all.push("--export".into());
        all.push(folder.join(name).into());
    }
    all
}

fn window(options: Options) -> Vec<OsString> {
    let mut all = common(options);
    all.push("--mirror".into());
    all
}

/// The clip that is written: seen by strace, or strace saw nothing.
fn clip(folder: &Path) -> PathBuf {
    folder.join("clip.gif")
}

/// The program under `traced`, which fails if it does what nobody asked for.
fn traced(program: &Path, folder: &Path, options: Options) -> Command {
    let mut command = cargo();
    command.args([
        "run",
        "--release",
        "--package",
        "moretta-proofs",
        "--no-default-features",
        "--bin",
        "traced",
        "--",
    ]);
    command.arg("--log").arg(folder.with_extension("strace"));
    command.arg("--may").arg(folder).arg("--must").arg(clip(folder));
    command.arg("--").arg(program).args(headless(folder, options));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &[OsString]) -> String {
        words
            .iter()
            .map(|word| word.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn the_clip_and_the_effect_are_there() {
        assert!(root().join(CLIP).is_file());
        assert!(root().join(EFFECTS).join(EFFECT).is_dir());
        assert!(root().join(TWO).is_file());
        assert!(root().join(EFFECTS).join(SWAP).is_dir());
        assert!(root().join(PHOTO).is_file());
        assert!(root().join(EFFECTS).join(FROM_A_PHOTO).is_dir());
    }

    #[test]
    fn what_is_written_lies_in_the_demos_folder() {
        let folder = Path::new("/t/demo");
        let line = text(&headless(folder, Options::default()));
        assert!(
            line.contains("--gallery /t/demo --export /t/demo/clip.gif --export /t/demo/photo.png"),
            "{line}"
        );
        assert!(!line.contains("--lockdown"));
        assert!(text(&swap(folder)).ends_with("--export /t/demo/swap.png"));
        assert!(text(&donor(folder)).ends_with("--export /t/demo/donor.gif --export /t/demo/donor.png"));
        let options = Options {
            lockdown: true,
            ..Options::default()
        };
        assert!(text(&headless(folder, options)).contains("--lockdown --headless"));
        assert!(text(&headless(folder, options)).ends_with("--self-test /t/demo/must-not-be"));
        assert!(text(&window(options)).contains("--lockdown"));
    }

    #[test]
    fn strace_must_see_the_clip() {
        let command = traced(Path::new("/t/app"), Path::new("/t/demo"), Options::default());
        let line = text(&command.get_args().map(OsString::from).collect::<Vec<_>>());
        assert!(
            line.contains("--log /t/demo.strace --may /t/demo --must /t/demo/clip.gif -- /t/app"),
            "{line}"
        );
    }

    #[test]
    fn without_a_window_there_is_no_display() {
        let options = Options {
            headless: true,
            ..Options::default()
        };
        assert_eq!(displays(options), (false, false));
    }
}
