//! `cargo xtask demo`: the whole pipeline on the clip that comes along, from a bare machine on.
//!
//! 1. Without a window: a picture of every effect and a clip into `target/demo`; times, adapter, protections printed.
//! 2. Two people who exchange their looks, from a picture of both.
//! 3. The face of a photo on the man in the clip.
//! 4. With a window, if there is a display.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
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
    ];
    for part in &PARTS {
        let (program, folder) = (&program, &folder);
        steps.push(Step::new(part.name, move || {
            fs::create_dir_all(folder).map_err(|source| Error::Write {
                path: folder.clone(),
                source,
            })?;
            process::run(part.command(program, folder, options).current_dir(root()))
        }));
    }
    if x11 || wayland {
        // Last, so that there are pictures even where the window is lacking something.
        steps.push(Step::new("window", || {
            setup::ensure(&setup::window(wayland))?;
            println!("close the window to go on");
            process::run(Command::new(&program).args(window(options)).current_dir(root()))
        }));
    }
    let result = steps::run("demo", steps);
    if folder.join(PARTS[0].writes).is_file() {
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

/// What is shown without a window. Whoever starts the demo agrees for the people in it, whose pictures were published for
/// anybody's use.
struct Part {
    name: &'static str,
    source: &'static str,
    effect: &'static str,
    frames: &'static str,
    donor: Option<&'static str>,
    /// Whether there is a picture of every effect, too.
    gallery: bool,
    /// Seen by strace, or strace saw nothing.
    writes: &'static str,
    /// Of the last frame.
    photo: Option<&'static str>,
}

const PARTS: [Part; 3] = [
    Part {
        name: "pictures",
        source: CLIP,
        effect: EFFECT,
        frames: "140",
        donor: None,
        gallery: true,
        writes: "clip.gif",
        photo: Some("picture.png"),
    },
    Part {
        name: "swap",
        source: TWO,
        effect: SWAP,
        frames: "8",
        donor: None,
        gallery: false,
        writes: "swap.png",
        photo: None,
    },
    Part {
        name: "donor",
        source: CLIP,
        effect: FROM_A_PHOTO,
        frames: "60",
        donor: Some(PHOTO),
        gallery: false,
        writes: "donor.gif",
        photo: Some("donor.png"),
    },
];

impl Part {
    /// The program, or strace with it, which fails if it does what nobody asked for.
    fn command(&self, program: &Path, folder: &Path, options: Options) -> Command {
        let words = self.words(folder, options);
        if !options.strace {
            let mut command = Command::new(program);
            command.args(words);
            return command;
        }
        let mut command = cargo();
        command.args([
            "run",
            "--release",
            "--package",
            "moretta-proofs",
            "--bin",
            "traced",
            "--",
        ]);
        command
            .arg("--log")
            .arg(folder.with_extension(format!("{}.strace", self.effect)));
        command.arg("--may").arg(folder);
        command.arg("--must").arg(folder.join(self.writes));
        command.arg("--").arg(program).args(words);
        command
    }

    fn words(&self, folder: &Path, options: Options) -> Vec<OsString> {
        let mut all = common(self.source, self.effect, options);
        all.extend(words(&[
            "--headless",
            "--consent",
            "from-14",
            "--frames",
            self.frames,
        ]));
        if let Some(photo) = self.donor {
            all.extend(words(&["--donor", photo]));
        }
        if self.gallery {
            all.push("--gallery".into());
            all.push(folder.into());
        }
        for name in [Some(self.writes), self.photo].into_iter().flatten() {
            all.push("--export".into());
            all.push(folder.join(name).into());
        }
        // strace would see what is tried.
        if options.lockdown && !options.strace {
            all.push("--self-test".into());
            all.push(folder.join("must-not-be").into());
        }
        all
    }
}

fn common(source: &str, effect: &str, options: Options) -> Vec<OsString> {
    let mut all = words(&[
        "--source",
        source,
        "--effects",
        EFFECTS,
        "--effect",
        effect,
        "--best-effort",
    ]);
    if options.lockdown {
        all.push("--lockdown".into());
    }
    all
}

fn window(options: Options) -> Vec<OsString> {
    let mut all = common(CLIP, EFFECT, options);
    all.push("--mirror".into());
    all
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
    fn what_is_shown_is_there() {
        for part in &PARTS {
            assert!(root().join(part.source).is_file(), "{}", part.source);
            assert!(root().join(EFFECTS).join(part.effect).is_dir(), "{}", part.effect);
            assert!(part.donor.is_none_or(|photo| root().join(photo).is_file()));
        }
    }

    #[test]
    fn what_is_written_lies_in_the_demos_folder() {
        let folder = Path::new("/t/demo");
        let lines = PARTS
            .each_ref()
            .map(|part| text(&part.words(folder, Options::default())));
        let ends = [
            "--gallery /t/demo --export /t/demo/clip.gif --export /t/demo/picture.png",
            "--export /t/demo/swap.png",
            "--export /t/demo/donor.gif --export /t/demo/donor.png",
        ];
        for (line, end) in lines.iter().zip(ends) {
            assert!(line.ends_with(end), "{line}");
            assert!(!line.contains("--lockdown"), "{line}");
        }
    }

    #[test]
    fn every_part_is_locked_in_and_traced_if_that_is_asked_for() {
        let (program, folder) = (Path::new("/t/app"), Path::new("/t/demo"));
        let locked = Options {
            lockdown: true,
            ..Options::default()
        };
        let traced = Options {
            strace: true,
            ..Options::default()
        };
        let mut logs = Vec::new();
        for part in &PARTS {
            let line = text(&part.words(folder, locked));
            assert!(line.contains("--lockdown --headless"), "{line}");
            assert!(line.ends_with("--self-test /t/demo/must-not-be"), "{line}");
            let command = part.command(program, folder, traced);
            let line = text(&command.get_args().map(OsString::from).collect::<Vec<_>>());
            let must = format!("--may /t/demo --must /t/demo/{} -- /t/app", part.writes);
            assert!(line.contains(&must), "{line}");
            logs.push(
                line.split(' ')
                    .find(|it| it.ends_with(".strace"))
                    .map(str::to_owned),
            );
        }
        logs.dedup();
        assert_eq!(logs.len(), PARTS.len(), "each its own log: {logs:?}");
        assert!(text(&window(locked)).contains("--lockdown"));
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
