//! No `TRACT_*` environment variable changes what a network computes.
//!
//! The environment of a process cannot be changed safely from within, so the test runs itself as a child.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::process::Command;

use common::{input, outputs, plan, second_drawing};
use moretta_infer::{Engine, InferError, ModelKind, Plan, Sha256, VerifiedModel};
use tract_onnx::tract_core::knobs::{self, KnobInfo};

/// Tells a child what to do: `compute` or `load`.
const ROLE: &str = "MORETTA_INFER_TEST_ROLE";

/// The variable that tract reads past its table of knobs, on x86.
const DIRECT: &str = "TRACT_X86_KIND";

/// No variable of tract's, only something for [`tract_variables`] to find.
const CONTROL: &str = "TRACT_SCAN_CONTROL";

#[test]
fn no_variable_changes_what_is_computed() {
    const NAME: &str = "no_variable_changes_what_is_computed";
    if env::var_os(ROLE).is_some() {
        return child_computes();
    }
    let plain = child(NAME, "compute", &[]);
    assert_eq!(plain.len(), ModelKind::ALL.len(), "{plain:?}");
    for number in ["1", "1000000000"] {
        let hostile: Vec<(&str, String)> = knobs::all()
            .into_iter()
            .filter(|knob| !is_optional(knob))
            .map(|knob| (knob.name, other_value(knob, number)))
            .collect();
        assert_eq!(child(NAME, "compute", &hostile), plain, "{hostile:?}");
    }
}

/// Prints a hash of the bits of each network's outputs, and checks that the hostile values had reached tract.
fn child_computes() {
    for knob in knobs::all() {
        if let Ok(hostile) = env::var(knob.name) {
            assert_eq!(
                (knob.current)(),
                hostile,
                "{} is heard before a network is loaded",
                knob.name
            );
        }
    }
    for kind in ModelKind::ALL {
        let mut network = plan(kind, Engine::Tract).network().unwrap();
        let outputs = outputs(&mut network, &input(kind, second_drawing(kind)));
        let bits: Vec<u8> = outputs
            .iter()
            .flatten()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        println!("RESULT {kind} {}", Sha256::of(&bits));
    }
    for knob in knobs::all() {
        assert_eq!((knob.current)(), (knob.default)(), "{} is overruled", knob.name);
    }
}

#[test]
fn variables_that_cannot_be_overruled_are_refused() {
    const NAME: &str = "variables_that_cannot_be_overruled_are_refused";
    if env::var_os(ROLE).is_some() {
        return child_loads();
    }
    assert_eq!(child(NAME, "load", &[]), ["RESULT loaded"]);
    let optional = knobs::all()
        .into_iter()
        .filter(|knob| is_optional(knob))
        .map(|knob| knob.name);
    let refused: Vec<_> = optional.chain([DIRECT]).collect();
    assert!(refused.len() > 1);
    for variable in refused {
        let answer = child(NAME, "load", &[(variable, "1".to_owned())]);
        assert_eq!(answer, [format!("RESULT refused {variable}")]);
    }
}

fn child_loads() {
    let model = VerifiedModel::embedded(ModelKind::ShortRange).unwrap();
    match Plan::load(&model, Engine::Tract) {
        Ok(_) => println!("RESULT loaded"),
        Err(InferError::Environment { variable }) => println!("RESULT refused {variable}"),
        Err(error) => panic!("{error}"),
    }
}

/// A new version of tract may bring new variables, read by new code. Their names lie in the machine code.
#[test]
fn every_variable_in_the_program_is_known() {
    let program = fs::read(env::current_exe().unwrap()).unwrap();
    let found = tract_variables(&program);
    let known: Vec<&str> = knobs::all()
        .into_iter()
        .map(|knob| knob.name)
        .chain([CONTROL])
        .collect();
    for name in &known {
        assert!(
            found.iter().any(|found| is(found, name)),
            "the scan misses {name}"
        );
    }
    let unknown: Vec<_> = found
        .iter()
        .filter(|found| !known.iter().chain([&DIRECT]).any(|name| is(found, name)))
        .collect();
    assert!(
        unknown.is_empty(),
        "tract reads variables that no test sets: {unknown:?}"
    );
}

/// Whether `found` is `name`, perhaps with a capital or a digit of what lies behind it: constants lie without a gap, and
/// in the table of symbols a length follows.
fn is(found: &str, name: &str) -> bool {
    found.strip_prefix(name).is_some_and(|rest| !rest.contains('_'))
}

#[test]
fn a_longer_name_is_another_variable() {
    assert!(is("CACHE_BYTES", "CACHE_BYTES"));
    assert!(is("CACHE_BYTESL", "CACHE_BYTES"));
    assert!(!is("CACHE_BYTES_PER_CORE", "CACHE_BYTES"));
    assert!(!is("CACHE", "CACHE_BYTES"));
}

/// Every `TRACT_...` in `program`.
fn tract_variables(program: &[u8]) -> BTreeSet<String> {
    const PREFIX: &[u8] = b"TRACT_";
    let starts = program
        .windows(PREFIX.len())
        .enumerate()
        .filter(|(_, window)| *window == PREFIX)
        .map(|(start, _)| start);
    starts
        .map(|start| {
            let rest = &program[start + PREFIX.len()..];
            let is_of_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
            let mut length = rest.iter().take_while(|byte| is_of_name(byte)).count();
            // Constants lie next to each other without a gap.
            if let Some(next) = rest[..length]
                .windows(PREFIX.len())
                .position(|window| window == PREFIX)
            {
                length = next;
            }
            String::from_utf8([PREFIX, &rest[..length]].concat()).unwrap()
        })
        .filter(|name| name.len() > PREFIX.len())
        .collect()
}

fn is_optional(knob: &KnobInfo) -> bool {
    knob.type_name == "option"
}

/// A value of the knob's type that is not its default.
fn other_value(knob: &KnobInfo, number: &str) -> String {
    let value = match (knob.type_name, (knob.default)().as_str()) {
        ("bool", "true") => "false",
        ("bool", _) => "true",
        _ => number,
    };
    assert_ne!(value, (knob.default)());
    value.to_owned()
}

/// Runs the test `name` of this program in the `role` of a child; gives the lines that begin with `RESULT`.
fn child(name: &str, role: &str, variables: &[(&str, String)]) -> Vec<String> {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture"]).env(ROLE, role);
    for (inherited, _) in env::vars_os() {
        if inherited.to_string_lossy().starts_with("TRACT_") {
            command.env_remove(inherited);
        }
    }
    let output = command
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .filter_map(|line| line.find("RESULT").map(|start| line[start..].to_owned()))
        .collect()
}
