//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use moretta::{AgeBand, GuardianConsent, Quality, QualityMode};

/// What the user asked for.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) source: SourceArg,
    /// Whether a picture is seen by a camera that moves.
    pub(crate) moving: bool,
    /// The folder that packs lie in.
    pub(crate) effects: PathBuf,
    /// What is worn at first: a part of a pack's file name.
    pub(crate) effect: Option<String>,
    /// Parameters of what is worn at first.
    pub(crate) set: Vec<(String, f32)>,
    /// A photo whose face everyone takes on, where what they wear swaps faces for photos.
    pub(crate) donor: Option<PathBuf>,
    pub(crate) mirror: bool,
    pub(crate) quality: QualityMode,
    pub(crate) disclose_presence: bool,
    pub(crate) best_effort: bool,
    pub(crate) headless: bool,
    /// How many frames are drawn without a window.
    pub(crate) frames: Option<u32>,
    /// Files that finished pictures go to: opened at the start, and no other is.
    pub(crate) exports: Vec<PathBuf>,
    /// A folder that a picture of each effect goes to.
    pub(crate) gallery: Option<PathBuf>,
    /// Who agreed, where no window can ask.
    pub(crate) consent: Option<Consenting>,
    pub(crate) lockdown: bool,
    /// A file that must not be written, and is tried.
    pub(crate) self_test: Option<PathBuf>,
    pub(crate) tell_layout: bool,
}

/// Where frames come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceArg {
    /// A camera, by its number.
    Camera(u32),
    /// A picture, a clip or a video.
    File(PathBuf),
}

impl SourceArg {
    /// Reads `camera`, `camera:1` or the name of a file.
    fn read(word: &str) -> Result<Self, String> {
        match word.strip_prefix("camera") {
            Some("") => Ok(Self::Camera(0)),
            Some(number) if number.starts_with(':') => {
                let number = number[1..].parse();
                number
                    .map(Self::Camera)
                    .map_err(|_| "expected camera:NUMBER".to_owned())
            }
            _ if word.is_empty() => Err("expected a file or camera".to_owned()),
            _ => Ok(Self::File(PathBuf::from(word))),
        }
    }

    /// What a user calls it: never a whole path, which may tell who they are.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Camera(number) => format!("camera {number}"),
            Self::File(path) => file_name(path),
        }
    }
}

/// The last part of a path.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Who agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consenting {
    /// The person, who is fourteen or older.
    From14,
    /// The guardian of a younger one.
    Guardian,
}

impl Consenting {
    pub(crate) fn age_band(self) -> AgeBand {
        match self {
            Self::From14 => AgeBand::From14,
            Self::Guardian => AgeBand::Under14(GuardianConsent::given()),
        }
    }
}

/// What may take a frame's time, if the quality adapts: 30 frames a second.
const BUDGET: std::time::Duration = std::time::Duration::from_millis(33);

impl Args {
    /// Reads the command line; ends the program with a message if it is wrong, or asks for help.
    pub(crate) fn from_env() -> Self {
        Self::of(&command().get_matches())
    }

    /// Nothing but a file to read.
    pub(crate) fn of_file(path: PathBuf) -> Self {
        let mut args = Self::of(&command().get_matches_from(["moretta-desktop"]));
        args.source = SourceArg::File(path);
        args
    }

    /// Reads a command line whose first word is the program.
    #[cfg(test)]
    pub(crate) fn read(words: &[&str]) -> Result<Self, clap::Error> {
        Ok(Self::of(&command().try_get_matches_from(words)?))
    }

    fn of(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let quality = match text("quality") {
            Some("low") => QualityMode::Fixed(Quality::Low),
            Some("medium") => QualityMode::Fixed(Quality::Medium),
            Some("adaptive") => QualityMode::Adaptive { budget: BUDGET },
            _ => QualityMode::Fixed(Quality::High),
        };
        Self {
            source: matches
                .get_one::<SourceArg>("source")
                .cloned()
                .unwrap_or_else(|| SourceArg::File(PathBuf::from(SOURCE))),
            moving: matches.get_flag("moving"),
            effects: path("effects").unwrap_or_else(|| PathBuf::from(EFFECTS)),
            effect: text("effect").map(str::to_owned),
            set: matches.get_many("set").into_iter().flatten().cloned().collect(),
            donor: path("donor"),
            mirror: matches.get_flag("mirror"),
            quality,
            disclose_presence: matches.get_flag("disclose-presence"),
            best_effort: matches.get_flag("best-effort"),
            headless: matches.get_flag("headless"),
            frames: matches.get_one("frames").copied(),
            exports: matches
                .get_many("export")
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            gallery: path("gallery"),
            consent: match text("consent") {
                Some("from-14") => Some(Consenting::From14),
                Some("guardian") => Some(Consenting::Guardian),
                _ => None,
            },
            lockdown: matches.get_flag("lockdown"),
            self_test: path("self-test"),
            tell_layout: matches.get_flag("tell-layout"),
        }
    }
}

const SOURCE: &str = "examples/media/webcam.webp";
const EFFECTS: &str = "effects";

fn command() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let value = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    let path = |name, word| value(name, word).value_parser(value_parser!(PathBuf));
    Command::new("moretta-desktop")
        .about("Face effects in a window, or without one. Nothing is written but what you name.")
        .arg(
            value("source", "SOURCE")
                .value_parser(SourceArg::read)
                .help(format!("A picture, a clip (WebP, GIF, APNG), a video, or camera[:NUMBER] [default: {SOURCE}]")),
        )
        .arg(flag("moving").help("A picture is seen by a hand-held camera, which moves"))
        .arg(path("effects", "DIR").help(format!("The folder with effect packs [default: {EFFECTS}]")))
        .arg(value("effect", "NAME").help("What is worn at first: a part of a pack's file name"))
        .arg(
            value("set", "NAME=VALUE")
                .action(ArgAction::Append)
                .value_parser(setting)
                .help("Sets a parameter of what is worn at first"),
        )
        .arg(
            path("donor", "FILE")
                .help("A photo whose largest face everyone takes on, where the effect swaps faces for photos"),
        )
        .arg(flag("mirror").help("Shows left and right as in a mirror"))
        .arg(
            value("quality", "LEVEL")
                .value_parser(PossibleValuesParser::new(["low", "medium", "high", "adaptive"]))
                .default_value("high")
                .help("How much effects may cost"),
        )
        .arg(flag("disclose-presence").help("Lets the app learn whether nobody, one person or more are in sight"))
        .arg(flag("best-effort").help("If the system refuses to protect memory, says why and goes on without"))
        .arg(flag("headless").help("No window; the same happens where there is no display"))
        .arg(
            value("frames", "N")
                .value_parser(value_parser!(u32).range(1..))
                .help("Without a window: how many frames are drawn [default: all that there are, 150 of what has no end]; of each effect of a gallery at most 24"),
        )
        .arg(
            path("export", "FILE")
                .action(ArgAction::Append)
                .help("Where finished pictures go: a photo (.png) or a clip (.gif, .apng)"),
        )
        .arg(path("gallery", "DIR").help("Without a window: a photo of each effect goes to this folder"))
        .arg(
            value("consent", "WHO")
                .value_parser(PossibleValuesParser::new(["from-14", "guardian"]))
                .help("Without a window: states that who is in the pictures agreed that faces are looked for, and is 14 or older, or that a guardian did"),
        )
        .arg(flag("lockdown").help("Linux: from the start on, no file can be written and no socket opened"))
        .arg(path("self-test", "FILE").help("Tries to write FILE, to open sockets and to start a program, and says what became of it"))
        .arg(flag("tell-layout").hide(true).help("Prints where things are in the window: for tests"))
}

/// Reads `NAME=VALUE`.
fn setting(word: &str) -> Result<(String, f32), String> {
    let (name, value) = word.split_once('=').ok_or("expected NAME=VALUE")?;
    let value = value
        .parse()
        .map_err(|_| format!("expected a number, found {value:?}"))?;
    Ok((name.to_owned(), value))
}

/// The words that start this program anew.
pub(crate) fn words() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn nothing_asked_for_is_nothing_given() {
        let args = Args::read(&["app"]).unwrap();
        assert_eq!(args.source, SourceArg::File(PathBuf::from(SOURCE)));
        assert_eq!(args.quality, QualityMode::Fixed(Quality::High));
        assert!(args.exports.is_empty() && args.gallery.is_none() && args.consent.is_none());
        assert!(!args.disclose_presence && !args.best_effort && !args.lockdown && !args.headless);
    }

    #[test]
    fn what_is_asked_for_arrives() {
        let line = "app --source camera:2 --moving --effect cat --set smooth=0.5 --set a=-1 --donor d.jpg --mirror --quality adaptive \
                    --disclose-presence --best-effort --headless --frames 7 --export a.png --export b.gif \
                    --gallery g --consent guardian --lockdown --self-test t";
        let words: Vec<_> = line.split_whitespace().collect();
        let args = Args::read(&words).unwrap();
        assert_eq!(args.source, SourceArg::Camera(2));
        assert_eq!(args.set, [("smooth".to_owned(), 0.5), ("a".to_owned(), -1.0)]);
        assert_eq!(args.quality, QualityMode::Adaptive { budget: BUDGET });
        assert_eq!(args.donor, Some(PathBuf::from("d.jpg")));
        assert_eq!(args.exports, ["a.png", "b.gif"].map(PathBuf::from));
        assert_eq!((args.frames, args.consent), (Some(7), Some(Consenting::Guardian)));
        assert!(
            args.moving
                && args.disclose_presence
                && args.best_effort
                && args.lockdown
                && args.headless
                && args.mirror
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for words in [
            &["app", "--frames", "0"][..],
            &["app", "--consent", "yes"],
            &["app", "--set", "smooth"],
            &["app", "--set", "smooth=soft"],
            &["app", "--source", "camera:front"],
            &["app", "--quality", "best"],
            &["app", "what"],
        ] {
            assert!(Args::read(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn a_source_is_a_camera_or_a_file() {
        assert_eq!(SourceArg::read("camera"), Ok(SourceArg::Camera(0)));
        let file = |name: &str| Ok(SourceArg::File(PathBuf::from(name)));
        assert_eq!(SourceArg::read("a/camera.mp4"), file("a/camera.mp4"));
        assert_eq!(SourceArg::read("camera.mp4"), file("camera.mp4"));
        assert_eq!(SourceArg::File(PathBuf::from("/home/me/me.jpg")).name(), "me.jpg");
        assert_eq!(SourceArg::Camera(1).name(), "camera 1");
    }
}
