//! Runs the proofs, their controls and the mutants.

use moretta_proofs::mutants::{MUTANTS, Mutant, copy_tree};
use moretta_proofs::proofs::{Context, Observed, PROOFS, Proof};
use moretta_proofs::subject::Programs;
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
                        || MUTANTS.iter().any(|m| m.name.contains(name));
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

/// A mutant's programs, or why there are none.
struct Built {
    mutant: &'static Mutant,
    programs: Result<Programs, String>,
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
    build(&root, target)?;
    let built = build_mutants(arguments, &root, &target.join("mutants"))?;

    let mut tally = Tally::default();
    for round in 1..=arguments.repeat {
        if arguments.repeat > 1 {
            say(&format!("round {round} of {}", arguments.repeat));
        }
        let mut context = Context {
            programs: Programs {
                folder: folder.clone(),
            },
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
        for Built { mutant, programs } in &built {
            match programs {
                Ok(programs) => {
                    context.programs = programs.clone();
                    judge(mutant, &context, &mut tally);
                }
                Err(why) => {
                    tally.missed += 1;
                    say(&format!(
                        "MUTANT {} MISSED: it could not be made: {why}",
                        mutant.name
                    ));
                }
            }
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

/// Every proof that is to notice the fault must.
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

fn build_mutants(arguments: &Arguments, root: &Path, folder: &Path) -> Result<Vec<Built>, Box<dyn Error>> {
    let wanted: Vec<_> = MUTANTS.iter().filter(|m| arguments.wants_mutant(m)).collect();
    let (tree, target) = (folder.join("tree"), folder.join("target"));
    let mut built = Vec::new();
    for (k, mutant) in wanted.iter().enumerate() {
        say(&format!(
            "building mutant {} of {}: {}",
            k + 1,
            wanted.len(),
            mutant.name
        ));
        copy_tree(root, &tree)?;
        let made = mutant
            .apply(&tree)
            .and_then(|()| build(&tree, &target))
            .and_then(|()| {
                let keep = folder.join("programs").join(mutant.name);
                std::fs::create_dir_all(&keep)?;
                let (from, to) = (
                    Programs {
                        folder: target.join("release"),
                    },
                    Programs { folder: keep },
                );
                for program in [Programs::victim, Programs::victim_open, Programs::flow] {
                    std::fs::copy(program(&from), program(&to))?;
                }
                Ok(to)
            });
        built.push(Built {
            mutant,
            programs: made.map_err(|e| e.to_string()),
        });
    }
    Ok(built)
}

/// Builds the programs to watch from the source at `root`.
fn build(root: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::null());
    command.args([
        "build",
        "--release",
        "--quiet",
        "--locked",
        "--package",
        "moretta-proofs",
    ]);
    command.args(["--bin", "victim", "--bin", "victim_open", "--bin", "flow"]);
    let output = command.output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("cargo build failed:\n{}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

#[expect(clippy::print_stdout, reason = "a tool's report")]
fn say(text: &str) {
    println!("{text}");
}
