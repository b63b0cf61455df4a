//! `cargo xtask`: every developer command, and the only thing that CI calls.
//!
//! Each command is a module with a `run` function; `cargo xtask --help` lists them.

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the terminal"
)]

mod bans;
mod bench;
mod check_abi;
mod check_deps;
mod check_mobile;
mod check_targets;
mod ci;
mod conformance;
mod crate_table;
mod demo;
mod dist;
mod error;
mod eval;
mod fuzz;
mod initramfs;
mod materials;
mod metadata;
mod privacy_pack;
mod process;
mod prove;
mod readme;
mod setup;
mod size;
mod soak;
mod steps;
mod test;
mod test_arm;
mod test_camera;
mod test_ffi;
mod test_jvm;
mod unsafe_list;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::error::Error;

fn main() -> ExitCode {
    match dispatch(&cli().get_matches()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// The command line: one subcommand a developer task.
fn cli() -> Command {
    let whole = value_parser!(u32).range(1..);
    let times = |name: &'static str, what: &'static str| {
        let arg = Arg::new(name).long(name).value_name("N").help(what);
        arg.value_parser(value_parser!(u32).range(10..))
    };
    let flag = |name: &'static str, what: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(what)
    };
    Command::new("xtask")
        .bin_name("cargo xtask")
        .about("Every developer command of Moretta")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("setup")
                .about("Find the system packages that are missing and install them")
                .arg(
                    Arg::new("opencv")
                        .long("opencv")
                        .action(ArgAction::SetTrue)
                        .help("Those that cameras and video files through OpenCV need"),
                )
                .arg(flag("kotlin", "What the Kotlin API is tested with: Java, and the Kotlin compiler by npm")),
        )
        .subcommand(
            Command::new("demo")
                .about("Show the effects: pictures and a clip into target/demo, and a window where there is a display")
                .arg(flag("strace", "Also look that nothing is written unasked and no socket opened"))
                .arg(flag("lockdown", "Also lock the process in, so that it cannot write or connect"))
                .arg(flag("headless", "No window")),
        )
        .subcommand(
            Command::new("soak")
                .about("Sessions, effects and frames by the thousand: does memory grow?")
                .arg(times("sessions", "Sessions that are made and dropped [default: 1000]"))
                .arg(times("switches", "Effects that are loaded and worn [default: 1000]"))
                .arg(times("frames", "Frames of one session [default: 10000]")),
        )
        .subcommand(Command::new("test").about("Set up, run every test, check the dependencies, prove quickly"))
        .subcommand(
            Command::new("prove")
                .about("Prove the privacy promise at run time, with controls and mutants")
                .arg(Arg::new("quick").long("quick").action(ArgAction::SetTrue).help("The short form that CI runs"))
                .arg(
                    Arg::new("repeat")
                        .long("repeat")
                        .value_name("N")
                        .value_parser(whole)
                        .help("Run the whole N times; the first failure ends it"),
                )
                .arg(engine())
                .arg(Arg::new("filter").help("Only the proofs and mutants whose name contains this")),
        )
        .subcommand(
            Command::new("check-deps")
                .about("Compare the crate table of ARCHITECTURE.md and the bans of deny.toml with cargo metadata")
                .arg(
                    Arg::new("deny")
                        .long("deny")
                        .action(ArgAction::SetTrue)
                        .help("Also run cargo-deny: advisories, licences, bans, sources"),
                )
                .arg(
                    Arg::new("root")
                        .long("root")
                        .value_name("DIR")
                        .value_parser(value_parser!(PathBuf))
                        .help("Judge the workspace in DIR instead of this one"),
                ),
        )
        .subcommand(
            Command::new("check-targets")
                .about("Lint what is written for Android, iOS, macOS, Windows and ARM, where this machine is none of them"),
        )
        .subcommand(
            Command::new("check-mobile").about("Lint what ships for Android and iOS, where neither the NDK nor Xcode is"),
        )
        .subcommand(
            Command::new("check-abi")
                .about("Compare the C interface with the one that was, through libabigail")
                .arg(flag("accept", "Make it the one to compare with")),
        )
        .subcommand(
            Command::new("test-camera").about("Look through a real V4L2 camera, that of a virtual machine"),
        )
        .subcommand(
            Command::new("test-ffi")
                .about("Test the C ABI: header, examples, compilers, sanitizers, a window, the installed package; and Kotlin's") 
                .arg(Arg::new("filter").help("Only the steps whose name contains this")),
        )
        .subcommand(
            Command::new("dist")
                .about("Build what C programs are built against: header, libraries, pkg-config, CMake, licences, bill of materials, privacy pack, checksums")
                .arg(flag("dev", "As the tests have it: sooner built, many times larger")),
        )
        .subcommand(
            Command::new("size")
                .about("How large the library is, and what of")
                .arg(
                    Arg::new("profile")
                        .value_parser(["release", "mobile"])
                        .help("Only this one"),
                )
                .arg(flag("write", "Write the figures into docs/SIZE.md")),
        )
        .subcommand(Command::new("test-arm").about("Test on 64-bit ARM, in an emulator"))
        .subcommand(Command::new("ci").about("What CI runs: format, lints, docs, and the README's test command"))
        .subcommand(
            Command::new("fuzz")
                .about("Fuzz one target or, one after the other, all of them (nightly)")
                .arg(Arg::new("target").help("A file name in fuzz/fuzz_targets, without .rs"))
                .arg(
                    Arg::new("seconds")
                        .long("seconds")
                        .value_name("N")
                        .value_parser(whole)
                        .default_value("60")
                        .help("How long each target runs"),
                ),
        )
        .subcommand(
            Command::new("eval")
                .about("Measure what the tracker sees of pictures and clips, by a program that declassifies it")
                .disable_help_flag(true)
                .arg(engine())
                .arg(handed_on("What to measure: `cargo xtask eval --help` lists it")),
        )
        .subcommand(
            Command::new("conformance")
                .about("Hold the tracker against the reference's expectations; --data DIR adds those not in this repository")
                .disable_help_flag(true)
                .arg(engine())
                .arg(handed_on("Where the test material is: --data DIR")),
        )
        .subcommand(
            Command::new("bench")
                .about("Run the criterion benches, or `peers`: ours and MediaPipe in turns")
                .args_conflicts_with_subcommands(true)
                .arg(Arg::new("filter").help("Only the benches whose name contains this"))
                .subcommand(
                    Command::new("peers")
                        .about("Ours against MediaPipe, TensorFlow Lite and ONNX Runtime, in turns on the same frames")
                        .arg(
                            Arg::new("originals")
                                .long("originals")
                                .value_name("DIR")
                                .required(true)
                                .value_parser(value_parser!(PathBuf))
                                .help("What models/recipe/fetch.sh fetched: the networks that ours were converted from, and MediaPipe's bundle"),
                        )
                        .arg(
                            Arg::new("rounds")
                                .long("rounds")
                                .value_name("N")
                                .value_parser(value_parser!(u32).range(3..))
                                .help("Pairs of turns [default: 31]"),
                        ),
                ),
        )
}

/// What computes the networks.
fn engine() -> Arg {
    Arg::new("engine")
        .long("engine")
        .value_name("ENGINE")
        .value_parser(["kernels", "tract"])
        .help("What computes the networks [default: kernels]")
}

/// All that follows, for another program to understand.
fn handed_on(help: &'static str) -> Arg {
    Arg::new("arguments")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .value_parser(value_parser!(OsString))
        .help(help)
}

/// Runs the subcommand that was asked for.
fn dispatch(matches: &ArgMatches) -> Result<(), Error> {
    let text = |args: &ArgMatches, name| args.get_one::<String>(name).cloned();
    let words = |args: &ArgMatches| -> Vec<OsString> {
        let words = args.get_many("arguments").into_iter().flatten();
        words.cloned().collect()
    };
    let is_tract = |args: &ArgMatches| args.get_one::<String>("engine").is_some_and(|it| it == "tract");
    match matches.subcommand() {
        Some(("setup", args)) if args.get_flag("kotlin") => test_jvm::setup().map(drop),
        Some(("setup", args)) => setup::run(args.get_flag("opencv")),
        Some(("demo", args)) => demo::run(demo::Options {
            strace: args.get_flag("strace"),
            lockdown: args.get_flag("lockdown"),
            headless: args.get_flag("headless"),
        }),
        Some(("soak", args)) => soak::run(soak::Options {
            sessions: args.get_one("sessions").copied(),
            switches: args.get_one("switches").copied(),
            frames: args.get_one("frames").copied(),
        }),
        Some(("test", _)) => test::run(),
        Some(("prove", args)) => prove::run(&prove::Options {
            quick: args.get_flag("quick"),
            repeat: args.get_one("repeat").copied(),
            filter: text(args, "filter"),
            tract: is_tract(args),
        }),
        Some(("check-deps", args)) => {
            let root = args
                .get_one::<PathBuf>("root")
                .cloned()
                .unwrap_or_else(workspace::root);
            check_deps::run(&root, args.get_flag("deny"))
        }
        Some(("check-targets", _)) => check_targets::run(),
        Some(("check-mobile", _)) => check_mobile::run(),
        Some(("check-abi", args)) => check_abi::run(args.get_flag("accept")),
        Some(("test-ffi", args)) => test_ffi::run(text(args, "filter").as_deref()),
        Some(("dist", args)) => dist::run(match args.get_flag("dev") {
            true => dist::Profile::Dev,
            false => dist::Profile::Release,
        }),
        Some(("size", args)) => size::run(text(args, "profile").as_deref(), args.get_flag("write")),
        Some(("test-arm", _)) => test_arm::run(),
        Some(("test-camera", _)) => test_camera::run(),
        Some(("ci", _)) => ci::run(),
        Some(("fuzz", args)) => {
            let seconds = args.get_one("seconds").copied().unwrap_or(60);
            fuzz::run(text(args, "target").as_deref(), seconds)
        }
        Some(("eval", args)) => eval::run(&words(args), is_tract(args)),
        Some(("conformance", args)) => conformance::run(&words(args), is_tract(args)),
        Some(("bench", args)) => match args.subcommand() {
            Some((_, args)) => {
                let originals = args.get_one::<PathBuf>("originals").cloned().unwrap_or_default();
                bench::peers(&originals, args.get_one("rounds").copied())
            }
            None => bench::run(text(args, "filter").as_deref()),
        },
        _ => unreachable!("clap requires one of the subcommands above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        cli().debug_assert();
    }

    #[test]
    fn every_subcommand_parses_and_an_unknown_one_does_not() {
        for subcommand in cli().get_subcommands() {
            let line = ["cargo xtask", subcommand.get_name()];
            assert!(cli().try_get_matches_from(line).is_ok(), "{line:?}");
        }
        assert!(cli().try_get_matches_from(["cargo xtask", "deploy"]).is_err());
    }

    #[test]
    fn what_another_program_understands_is_handed_on_unread() {
        let line = ["cargo xtask", "eval", "--images", "a", "--out", "b", "--help"];
        let matches = cli().try_get_matches_from(line).unwrap();
        let (_, args) = matches.subcommand().unwrap();
        let words: Vec<_> = args.get_many::<OsString>("arguments").unwrap().collect();
        assert_eq!(words, ["--images", "a", "--out", "b", "--help"]);
    }

    #[test]
    fn a_repeat_of_zero_is_refused() {
        assert!(
            cli()
                .try_get_matches_from(["cargo xtask", "prove", "--repeat", "20"])
                .is_ok()
        );
        assert!(
            cli()
                .try_get_matches_from(["cargo xtask", "prove", "--repeat", "0"])
                .is_err()
        );
    }
}
