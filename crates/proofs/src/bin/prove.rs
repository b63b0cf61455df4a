//! Runs the proofs, their controls and the mutants.

use moretta_proofs::mutants::{Mutant, choose, copy_tree, make_choosable, mutants};
use moretta_proofs::proofs::{Context, Observed, PROOFS, Proof, shipped::LIBRARY};
use moretta_proofs::subject::{Parts, Programs};
use std::collections::HashSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const USAGE: &str = "usage: prove [--quick] [--repeat N] [NUMBER | NAME ...]

  --quick       fewer samples of each proof
  --repeat N    the whole N times
  NUMBER, NAME  only these proofs (01, residue) and mutants (no-lock); a part of a name will do";

struct Arguments {
    quick: bool,
    repeat: u32,
    only: Vec<String>,
}

impl Arguments {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut read = Arguments {
            quick: false,
            repeat: 1,
            only: Vec::new(),
        };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => read.quick = true,
                "--repeat" => {
                    let number = arguments.next().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
                    read.repeat = number.ok_or("--repeat: expected a number from 1")?;
                }
                "--help" | "-h" => return Err(USAGE.to_owned()),
                name => {
                    let known = PROOFS.iter().any(|p| names_proof(name, p))
                        || mutants().any(|m| m.name.contains(name));
                    if !known {
                        return Err(format!("no proof or mutant {name}\n\n{USAGE}"));
                    }
                    read.only.push(argument);
                }
            }
        }
        Ok(read)
    }

    fn wants_proof(&self, proof: &Proof) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| names_proof(name, proof))
    }

    fn wants_mutant(&self, mutant: &Mutant) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| mutant.name.contains(name.as_str()))
    }
}

fn names_proof(name: &str, proof: &Proof) -> bool {
    proof.name.contains(name) || name.parse() == Ok(proof.number)
}

/// The programs in a folder, all of which are watched.
fn programs(folder: &Path) -> Programs {
    Programs {
        folder: folder.to_owned(),
        parts: Parts::Rendering,
    }
}

/// The programs with faults in them.
struct Faulty {
    /// Those in which a fault can be chosen.
    choosable: PathBuf,
    /// Those in which some faults are always at work.
    always: PathBuf,
}

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    caught: u32,
    missed: u32,
}

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(text) => {
            say(&text);
            return ExitCode::from(2);
        }
    };
    match prove(&arguments) {
        Ok(tally) if tally.failed == 0 && tally.missed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("prove: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn prove(arguments: &Arguments) -> Result<Tally, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let folder = std::env::current_exe()?
        .parent()
        .ok_or("this program has no folder")?
        .to_owned();
    let target = folder.parent().ok_or("this program is not in a target folder")?;
    let scratch = target.join("proofs");
    std::fs::create_dir_all(&scratch)?;
    build(&root, &root, target)?;
    if PROOFS
        .iter()
        .any(|it| it.number == SHIPPED && arguments.wants_proof(it))
    {
        ship(&root, &root, target, &programs(&folder).shipped())?;
    }
    let wanted: Vec<_> = mutants().filter(|it| arguments.wants_mutant(it)).collect();
    let faulty = (!wanted.is_empty())
        .then(|| build_mutants(&wanted, &root, target))
        .transpose()?;

    let mut tally = Tally::default();
    for round in 1..=arguments.repeat {
        if arguments.repeat > 1 {
            say(&format!("round {round} of {}", arguments.repeat));
        }
        let mut context = Context {
            programs: programs(&folder),
            scratch: scratch.clone(),
            quick: arguments.quick,
        };
        for proof in PROOFS.iter().filter(|p| arguments.wants_proof(p)) {
            let Proof { number, name, run } = proof;
            match run(&context) {
                Ok(seen) => {
                    tally.passed += 1;
                    say(&format!("PROOF {number:02} {name} ok (control caught): {seen}"));
                }
                Err(why) => {
                    tally.failed += 1;
                    say(&format!("PROOF {number:02} {name} FAILED: {why}"));
                }
            }
        }
        context.quick = true; // a fault that is there shows at once
        if let Some(faulty) = &faulty {
            judge_all(&wanted, faulty, &mut context, &mut tally);
        }
    }
    let Tally {
        passed,
        failed,
        caught,
        missed,
    } = tally;
    say(&format!(
        "proofs: {passed} passed, {failed} failed; mutants: {caught} caught, {missed} missed"
    ));
    Ok(tally)
}

/// Every proof that is to notice a fault must, and where none was chosen nothing may be noticed.
fn judge_all(wanted: &[&'static Mutant], faulty: &Faulty, context: &mut Context, tally: &mut Tally) {
    context.programs.folder.clone_from(&faulty.choosable);
    context.programs.parts = Parts::Rendering;
    let expected = |proof: &&Proof| {
        wanted
            .iter()
            .any(|it| it.can_be_chosen() && it.caught_by.contains(&proof.number))
    };
    for proof in PROOFS.iter().filter(expected) {
        if let Err(why) = (proof.run)(context) {
            tally.failed += 1;
            say(&format!(
                "MUTANTS: without a fault chosen, proof {:02} FAILED: {why}",
                proof.number
            ));
        }
    }
    for mutant in wanted {
        context.programs.parts = mutant.parts();
        let folder = if mutant.can_be_chosen() {
            choose(Some(mutant));
            &faulty.choosable
        } else {
            &faulty.always
        };
        context.programs.folder.clone_from(folder);
        judge(mutant, context, tally);
        choose(None);
    }
}

fn judge(mutant: &Mutant, context: &Context, tally: &mut Tally) {
    let (mut by, mut not_by, mut how) = (Vec::new(), Vec::new(), String::new());
    for proof in PROOFS.iter().filter(|p| mutant.caught_by.contains(&p.number)) {
        let number = format!("{:02}", proof.number);
        match (proof.run)(context) {
            Err(why) if why.is::<Observed>() => {
                by.push(number);
                how = why.to_string();
            }
            Ok(_) => not_by.push(number),
            Err(why) => not_by.push(format!("{number} (which broke: {why})")),
        }
    }
    if not_by.is_empty() {
        tally.caught += 1;
        let how: String = how.lines().next().unwrap_or_default().chars().take(90).collect();
        say(&format!(
            "MUTANT {} caught by {}: {how}",
            mutant.name,
            by.join(" ")
        ));
    } else {
        tally.missed += 1;
        say(&format!("MUTANT {} MISSED by {}", mutant.name, not_by.join(" ")));
    }
}

/// Builds the mutants from a copy of the source, in a target folder of their own: Cargo takes the copy for another
/// package, and would never clear its output out of the project's. What comes from elsewhere is taken from the project's.
fn build_mutants(wanted: &[&'static Mutant], root: &Path, original: &Path) -> Result<Faulty, Box<dyn Error>> {
    let folder = original.join("mutants");
    let (tree, target) = (folder.join("tree"), folder.join("target"));
    let lock = std::fs::read_to_string(root.join("Cargo.lock"))?;
    take_over(
        &registry(&lock),
        &original.join("release"),
        &target.join("release"),
    )?;
    let ships = |can_be_chosen: bool| {
        wanted
            .iter()
            .any(|it| it.can_be_chosen() == can_be_chosen && it.caught_by.contains(&SHIPPED))
    };
    let kept = |name: &str, ships: bool| -> Result<PathBuf, Box<dyn Error>> {
        let to = folder.join(name);
        std::fs::create_dir_all(&to)?;
        for program in PROGRAMS {
            std::fs::copy(target.join("release").join(program), to.join(program))?;
        }
        if ships {
            ship(root, &tree, &target, &programs(&to).shipped())?;
        }
        Ok(to)
    };
    copy_tree(root, &tree)?;
    make_choosable(&tree)?;
    say(&format!(
        "building {} mutants",
        mutants().filter(|it| it.can_be_chosen()).count()
    ));
    build(root, &tree, &target)?;
    let choosable = kept("choosable", ships(true))?;
    let always: Vec<_> = wanted.iter().filter(|it| !it.can_be_chosen()).collect();
    if !always.is_empty() {
        say(&format!("building {} more", always.len()));
        always.iter().try_for_each(|it| it.make(&tree))?;
        build(root, &tree, &target)?;
    }
    Ok(Faulty {
        choosable,
        always: kept("always", ships(false))?,
    })
}

/// The packages of a lock file that come from a registry, and not from this project.
fn registry(lock: &str) -> HashSet<String> {
    let packages = lock.split("[[package]]").filter(|it| it.contains("\nsource = "));
    let name = |package: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix("name = "))?;
        Some(line.trim_matches('"').replace('-', "_"))
    };
    packages.filter_map(name).collect()
}

/// Copies what Cargo built for `packages` from one target folder to another, where it is not there yet, with the times by
/// which Cargo knows that it is fresh.
fn take_over(packages: &HashSet<String>, from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    // `tract-core-HASH`, `libtract_core-HASH.rlib`.
    let is_theirs = |name: &str| {
        let name = name
            .rsplit_once('-')
            .map_or(name, |(name, _)| name)
            .replace('-', "_");
        packages.contains(&name)
            || name
                .strip_prefix("lib")
                .is_some_and(|name| packages.contains(name))
    };
    for part in [".fingerprint", "build", "deps"] {
        let (from, to) = (from.join(part), to.join(part));
        std::fs::create_dir_all(&to)?;
        for entry in std::fs::read_dir(&from)? {
            let name = entry?.file_name();
            if is_theirs(&name.to_string_lossy()) && !to.join(&name).exists() {
                copy_with_times(&from.join(&name), &to.join(&name))?;
            }
        }
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "copies the project, to make it wrong")]
fn copy_with_times(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let metadata = std::fs::metadata(from)?;
    if metadata.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let name = entry?.file_name();
            copy_with_times(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    std::fs::copy(from, to)?;
    let copy = std::fs::File::options().append(true).open(to)?;
    Ok(copy.set_modified(metadata.modified()?)?)
}

/// Builds the programs to watch from the source at `tree`, the project at `root` or a copy of it.
fn build(root: &Path, tree: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let mut command = cargo(root, tree, target);
    command.args([
        "build",
        "--release",
        "--quiet",
        "--locked",
        "--package",
        "moretta-proofs",
    ]);
    if cfg!(feature = "tract") {
        command.args(["--features", "tract"]);
    }
    for name in PROGRAMS {
        command.args(["--bin", name]);
    }
    let output = command.output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("cargo build failed:\n{}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

/// Cargo at `tree`, the project at `root` or a copy of it.
fn cargo(root: &Path, tree: &Path, target: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut command = Command::new(cargo);
    command
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::null());
    // The linker's path counts among what a build depends on: a copy's would make Cargo build everything anew.
    for variable in LINKERS.iter().filter(|it| std::env::var_os(it).is_none()) {
        command.env(variable, root.join(".cargo/linker.sh"));
    }
    command
}

/// The proof of the library as it ships.
const SHIPPED: u8 = 17;

/// Builds the library by itself, as `cargo xtask dist` does, and the app in C, from the source at `tree`.
fn ship(root: &Path, tree: &Path, target: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut library = cargo(root, tree, target);
    library.args([
        "rustc",
        "--release",
        "--quiet",
        "--locked",
        "--package",
        "moretta-ffi",
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    succeed(&mut library)?;
    std::fs::create_dir_all(folder)?;
    let shared = folder.join(LIBRARY);
    std::fs::copy(target.join("release/libmoretta_ffi.so"), &shared)?;
    let mut compiler = Command::new("cc");
    compiler
        .args([
            "-std=c99",
            "-D_DEFAULT_SOURCE",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
        ])
        .arg(format!("-I{}", tree.join("ffi/include").display()))
        .arg(tree.join("crates/proofs/c/shipped.c"))
        .arg(&shared)
        .arg("-Wl,-rpath,$ORIGIN")
        .arg("-o")
        .arg(folder.join("shipped"));
    succeed(&mut compiler)
}

/// Runs a builder, and shows what it says if it fails.
fn succeed(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let name = command.get_program().display().to_string();
    Err(format!("{name} failed:\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The programs to watch, all but the library's.
const PROGRAMS: [&str; 7] = [
    "victim",
    "victim_open",
    "flow",
    "tracker",
    "tracker_open",
    "session",
    "app",
];

/// The variables that overrule the linkers of `.cargo/config.toml`.
const LINKERS: [&str; 2] = [
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
    "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
];

#[expect(clippy::print_stdout, reason = "a tool's report")]
fn say(text: &str) {
    println!("{text}");
}
