//! The command line.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use moretta::Quality;
use moretta_pack::MANIFEST_PATH;

use crate::diff::Accept;
use crate::script::{Script, parse_seconds};
use crate::{Error, container, diff, preview, render, schema, starter, validate};

/// What each exit code says.
const EXIT_CODES: &str = "\
Exit codes:
  0  done; the pack is valid, the pictures are as expected
  1  a pack is invalid, or a picture is not as expected
  2  the command line is wrong
  3  something else failed: a file, a picture, the graphics device";

/// Every subcommand with its arguments.
pub(crate) fn command() -> Command {
    Command::new("moretta-fx")
        .about("Makes, checks, packs, renders, previews and tests effect packs")
        .after_help(EXIT_CODES)
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("new")
                .about("Make a folder with a small pack to begin with")
                .arg(path("folder", "DIR").help("The folder; it must not exist, or be empty"))
                .arg(text("id").help("The id of the pack; org.example and the folder's name unless given")),
        )
        .subcommand(
            Command::new("validate")
                .about("Check packs, and say what is wrong and where")
                .arg(packs())
                .arg(flag("json").help("Print JSON, for programs"))
                .arg(flag("deny-warnings").help("Take a pack with a warning for invalid")),
        )
        .subcommand(
            Command::new("pack")
                .about("Write a folder as one .mask file; the same files make the same bytes")
                .arg(
                    path("folder", "DIR")
                        .value_parser(pack_parser())
                        .help("The folder"),
                )
                .arg(out("FILE.mask").required(true).help("The file to write"))
                .arg(flag("with-tests").help("Take along the pictures that only the pack's tests name")),
        )
        .subcommand(
            Command::new("render")
                .about("Draw packs on a picture or a clip; several make a sheet")
                .arg(packs())
                .arg(input("builtin:portrait"))
                .arg(
                    out("FILE")
                        .required(true)
                        .help("The file to write: .png for a picture, .apng or .gif for an animation"),
                )
                .arg(
                    path("donor", "FILE")
                        .long("donor")
                        .required(false)
                        .action(ArgAction::Append)
                        .help(
                            "A photo whose largest face everyone takes on, where the pack swaps faces for photos; \
                             repeated, up to four photos of one person from several sides",
                        ),
                )
                .args(settings())
                .arg(
                    seconds("tap")
                        .action(ArgAction::Append)
                        .help("Tap on the screen at this time; may be repeated"),
                )
                .arg(seconds("at").default_value("0").help(
                    "When the picture is taken, or the animation begins, counted from when the effect does",
                ))
                .arg(
                    seconds("for").help(
                        "How long the animation is; to the end of a clip, or 2 of a picture, unless given",
                    ),
                )
                .arg(
                    text("quality")
                        .value_parser(["low", "medium", "high"])
                        .default_value("high")
                        .help("How much effects may cost"),
                )
                .arg(software()),
        )
        .subcommand(
            Command::new("preview")
                .about("Show a pack in a window, anew whenever it is saved")
                .after_help("Click or space: tap. R: from the beginning. Q or escape: end.")
                .arg(
                    path("pack", "PACK")
                        .value_parser(pack_parser())
                        .help("A folder or a .mask file"),
                )
                .arg(input("builtin:clip"))
                .args(settings())
                .arg(flag("mirror").help("As in a mirror"))
                .arg(
                    text("frames")
                        .value_name("N")
                        .value_parser(value_parser!(u64).range(1..))
                        .help("End after so many frames"),
                ),
        )
        .subcommand(
            Command::new("diff")
                .about("Draw the tests of packs and compare them with their goldens")
                .arg(packs())
                .arg(out("DIR").help(
                    "Where to write what was expected, drawn and different, of each picture that differs",
                ))
                .arg(flag("accept").help("Make what differs the new goldens, after a question"))
                .arg(
                    flag("yes")
                        .requires("accept")
                        .help("Take the answer to the question for yes"),
                )
                .arg(software()),
        )
        .subcommand(Command::new("schema").about("Print the JSON Schema of manifests, for editors"))
}

fn text(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("TEXT")
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn path(name: &'static str, shown: &'static str) -> Arg {
    Arg::new(name)
        .value_name(shown)
        .required(true)
        .value_parser(value_parser!(PathBuf))
}

fn packs() -> Arg {
    path("packs", "PACK")
        .num_args(1..)
        .value_parser(pack_parser())
        .help("Folders, or the manifests in them, and .mask files")
}

/// A pack as the command line has it: who names a manifest, as editors and `*/effect.json` do, means the folder that it
/// lies in.
fn pack_parser() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path| {
        if path.file_name() != Some(MANIFEST_PATH.as_ref()) || path.is_dir() {
            return path;
        }
        match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        }
    })
}

fn out(shown: &'static str) -> Arg {
    Arg::new("out")
        .short('o')
        .long("out")
        .value_name(shown)
        .value_parser(value_parser!(PathBuf))
}

fn input(default: &'static str) -> Arg {
    Arg::new("input")
        .short('i')
        .long("input")
        .value_name("FILE")
        .default_value(default)
        .help("A picture (JPEG, PNG, WebP) or a clip (animated WebP, APNG, GIF); builtin:NAME for one of the tool's own")
}

fn settings() -> [Arg; 1] {
    [Arg::new("set")
        .long("set")
        .value_name("NAME=VALUE[@SECONDS]")
        .action(ArgAction::Append)
        .help("Set a parameter, or a trigger of the host's, at the start or at a time; may be repeated")]
}

fn seconds(name: &'static str) -> Arg {
    let parse = |text: &str| parse_seconds(text).ok_or("a number of seconds from 0 to 86400 expected");
    Arg::new(name)
        .long(name)
        .value_name("SECONDS")
        // So that what is wrong with one is said in words of its own.
        .allow_negative_numbers(true)
        .value_parser(parse)
}

fn software() -> Arg {
    flag("software").help("Draw in software, so that every machine draws the same")
}

/// Runs the subcommand that was asked for.
///
/// # Errors
/// What it fails with.
pub(crate) fn dispatch(matches: &ArgMatches) -> Result<(), Error> {
    match matches.subcommand() {
        Some(("new", args)) => starter::run(
            &one::<PathBuf>(args, "folder"),
            args.get_one::<String>("id").map(String::as_str),
        ),
        Some(("validate", args)) => validate::run(&validate::Options {
            packs: many(args, "packs"),
            json: args.get_flag("json"),
            deny_warnings: args.get_flag("deny-warnings"),
        }),
        Some(("pack", args)) => container::run(&container::Options {
            folder: one(args, "folder"),
            out: one(args, "out"),
            with_tests: args.get_flag("with-tests"),
        }),
        Some(("render", args)) => {
            let out: PathBuf = one(args, "out");
            let mut script = script(args)?;
            many(args, "tap")
                .into_iter()
                .for_each(|time_ns| script.tap(time_ns));
            render::run(&render::Options {
                packs: many(args, "packs"),
                input: one(args, "input"),
                donor: args.get_many("donor").into_iter().flatten().cloned().collect(),
                kind: render::Kind::of(&out)?,
                out,
                script,
                at_ns: one(args, "at"),
                length_ns: args.get_one("for").copied(),
                quality: match args.get_one::<String>("quality").map(String::as_str) {
                    Some("low") => Quality::Low,
                    Some("medium") => Quality::Medium,
                    _ => Quality::High,
                },
                software: args.get_flag("software"),
            })
        }
        Some(("preview", args)) => preview::run(preview::Options {
            pack: one(args, "pack"),
            input: one(args, "input"),
            script: script(args)?,
            mirror: args.get_flag("mirror"),
            frames: args.get_one("frames").copied(),
        }),
        Some(("diff", args)) => diff::run(&diff::Options {
            packs: many(args, "packs"),
            out: args.get_one("out").cloned(),
            accept: match (args.get_flag("accept"), args.get_flag("yes")) {
                (false, _) => None,
                (true, false) => Some(Accept::Asked),
                (true, true) => Some(Accept::Yes),
            },
            software: args.get_flag("software"),
        }),
        Some(("schema", _)) => {
            schema::run();
            Ok(())
        }
        _ => unreachable!("clap requires one of the subcommands above"),
    }
}

fn one<T: Clone + Default + Send + Sync + 'static>(args: &ArgMatches, name: &str) -> T {
    // Each has a default, or is required.
    args.get_one::<T>(name).cloned().unwrap_or_default()
}

fn many<T: Clone + Send + Sync + 'static>(args: &ArgMatches, name: &str) -> Vec<T> {
    args.get_many::<T>(name).into_iter().flatten().cloned().collect()
}

fn script(args: &ArgMatches) -> Result<Script, Error> {
    let mut script = Script::default();
    many::<String>(args, "set")
        .iter()
        .try_for_each(|text| script.parse_set(text))?;
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
