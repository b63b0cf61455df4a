//! The command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgGroup, Command, value_parser};
use moretta_track::{MAX_FACES, Range};

/// `cargo xtask eval` hands its arguments on to this.
pub(crate) fn cli() -> Command {
    let path = || value_parser!(PathBuf);
    let measured = |name: &'static str| Arg::new(name).required(true).value_parser(path());
    Command::new("moretta-eval")
        .bin_name("cargo xtask eval")
        .about("Measure what the tracker sees, and compare it")
        .long_about(
            "Measure what the tracker sees of pictures and clips, as JSON lines.\n\nPlaces are in pixels of the file, \
             as the reference counts them: the centre of the first pixel is at 0, so that they are its normalised \
             landmarks times the size of the file.",
        )
        .args_conflicts_with_subcommands(true)
        .subcommand_negates_reqs(true)
        .arg(Arg::new("images").long("images").value_name("DIR").value_parser(path()).help(
            "Each picture below DIR, as a first frame",
        ))
        .arg(Arg::new("video").long("video").value_name("FILE").value_parser(path()).help(
            "A clip, frame after frame, turned by no metadata: GIF, WebP and APNG; anything else is left to ffmpeg",
        ))
        .arg(Arg::new("frames").long("frames").value_name("DIR").value_parser(path()).help(
            "The pictures below DIR, in the order of their names, as a clip",
        ))
        .group(ArgGroup::new("source").args(["images", "video", "frames"]).required(true))
        .arg(Arg::new("out").long("out").value_name("FILE").value_parser(path()).required(true).help(
            "Where the JSON lines go",
        ))
        .arg(Arg::new("fps").long("fps").value_name("N").default_value("30").value_parser(rate).help(
            "How many frames of --frames make a second",
        ))
        .arg(Arg::new("range").long("range").default_value("auto").value_parser(["auto", "short", "full"]).help(
            "Which detectors look",
        ))
        .arg(Arg::new("max-faces").long("max-faces").value_name("N").value_parser(faces).help(
            "How many faces are followed at most; as many as a tracker can, unless said otherwise",
        ))
        .arg(Arg::new("fov").long("fov").value_name("DEGREES").default_value("63").value_parser(angle).help(
            "The camera's vertical field of view, for the pose",
        ))
        .arg(Arg::new("min-score").long("min-score").default_value("0.5").value_parser(share).help(
            "How sure a detector has to be",
        ))
        .arg(Arg::new("min-presence").long("min-presence").default_value("0.5").value_parser(share).help(
            "How sure the landmark network has to be",
        ))
        .arg(Arg::new("no-smoothing").long("no-smoothing").action(ArgAction::SetTrue).help(
            "Leave landmarks as each frame shows them",
        ))
        .arg(
            Arg::new("smoothing")
                .long("smoothing")
                .value_name("NUMBER")
                .num_args(4)
                .conflicts_with("no-smoothing")
                .value_parser(value_parser!(f32))
                .help("Gain and knee of the head's motion, gain and knee of the face's shape, instead of the default's"),
        )
        .arg(Arg::new("no-blendshapes").long("no-blendshapes").action(ArgAction::SetTrue).help(
            "Leave out the blendshape network",
        ))
        .arg(Arg::new("seed").long("seed").default_value("0").value_parser(value_parser!(u64)).help(
            "Where the ids of faces come from",
        ))
        .arg(Arg::new("limit").long("limit").value_name("N").value_parser(value_parser!(u64).range(1..)).help(
            "No more than so many pictures or frames",
        ))
        .subcommand(
            Command::new("compare")
                .about("Two files of measured pictures against what is known of them, as tables")
                .arg(measured("ours").help("JSON lines"))
                .arg(measured("theirs").help("JSON lines of the same pictures, the reference's for example"))
                .arg(Arg::new("annotations").long("annotations").value_name("FILE").value_parser(path()).required(true).help(
                    "What is known of the pictures: annotations.json",
                ))
                .arg(Arg::new("maps").long("maps").value_name("FILE").value_parser(path()).help(
                    "Which landmark is which labelled point: landmark_maps.json; beside the annotations unless said \
                     otherwise",
                )),
        )
        .subcommand(
            Command::new("motion")
                .about("Jitter and lag of measured clips, as a table")
                .arg(measured("clips").num_args(1..).help("JSON lines, a clip a file"))
                .arg(Arg::new("truth").long("truth").value_name("FILE").num_args(1..).value_parser(path()).help(
                    "How the picture moved, as reference/make.py wrote it: one for each clip, in their order",
                )),
        )
        .subcommand(
            Command::new("conformance")
                .about("The reference's expectations, one line each")
                .arg(Arg::new("data").long("data").value_name("DIR").value_parser(path()).help(
                    "The test material, ../shared/data for example; without it, what is in this repository",
                ))
                .arg(Arg::new("root").long("root").value_name("DIR").value_parser(path()).help(
                    "Where this repository is",
                )),
        )
}

/// Which detectors `--range` asks for.
pub(crate) fn range(word: &str) -> Range {
    match word {
        "short" => Range::Short,
        "full" => Range::Full,
        _ => Range::Auto,
    }
}

fn faces(text: &str) -> Result<usize, String> {
    let found = text.parse().ok().filter(|it| (1..=MAX_FACES).contains(it));
    found.ok_or_else(|| format!("expected 1 to {MAX_FACES}"))
}

fn rate(text: &str) -> Result<f64, String> {
    within(text, 0.1, 1000.0)
}

fn angle(text: &str) -> Result<f64, String> {
    within(text, 1.0, 170.0)
}

fn share(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1.0)
}

fn within(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let found = text.parse().ok().filter(|it| (low..=high).contains(it));
    found.ok_or_else(|| format!("expected {low} to {high}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(line: &str) -> bool {
        let words = ["moretta-eval"].into_iter().chain(line.split_whitespace());
        cli().try_get_matches_from(words).is_ok()
    }

    #[test]
    fn the_command_line_is_consistent() {
        cli().debug_assert();
    }

    #[test]
    fn one_source_and_a_place_for_the_result_are_needed() {
        assert!(parses("--images a --out b"));
        assert!(parses(
            "--video a --out b --max-faces 1 --range short --fov 50.5 --no-smoothing --limit 3"
        ));
        assert!(parses("--frames a --fps 25 --out b"));
        assert!(!parses("--images a"));
        assert!(!parses("--out b"));
        assert!(!parses("--images a --video c --out b"));
    }

    #[test]
    fn numbers_are_checked() {
        for wrong in [
            "--max-faces 0",
            "--max-faces 999",
            "--fov 0",
            "--fov x",
            "--fps 0",
            "--range near",
            "--limit 0",
            "--min-score 1.1",
            "--min-presence -1",
        ] {
            assert!(!parses(&format!("--images a --out b {wrong}")), "{wrong}");
        }
    }

    #[test]
    fn what_was_measured_is_compared() {
        assert!(parses("compare a b --annotations c"));
        assert!(!parses("compare a --annotations c"));
        assert!(parses("motion a b --truth c d"));
        assert!(parses("motion a"));
        assert!(!parses("motion --truth c"));
        assert!(parses("conformance"));
        assert!(parses("conformance --data d"));
    }

    #[test]
    fn ranges_have_names() {
        assert_eq!(
            [range("short"), range("full"), range("auto")],
            [Range::Short, Range::Full, Range::Auto]
        );
    }
}
