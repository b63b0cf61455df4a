//! Proof 17: the library as it ships, with an app in C.

use super::confinement::forbidden_file;
use super::imports::{imports, list, parse, unsound};
use super::inference::{Model, of_a_frame};
use super::rendering::{outside, thin_out};
use super::residue::none;
use super::{Context, Failure, ensure, works};
use crate::deeds::{Deed, observe, unasked};
use crate::expected::KINDS;
use crate::needle::Kind;
use crate::portrait::{BYTES, FRAMES, Portrait};
use crate::rendering::{DRAWING, DRIVER, PERTURBED};
use crate::scenes::{STEADY, SURVIVED};
use crate::subject::Subject;
use moretta_infer::Engine;
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The library's file, under the name that programs look for.
pub const LIBRARY: &str = "libmoretta.so.0";

/// What the library may import beyond the list of proof 15.
const MORE: &str = include_str!("../../imports-library.txt");

/// Proof 17. What proofs 10, 11, 14 and 15 show of Rust programs holds of `libmoretta`, built by itself as it ships, in a C
/// program that knows nothing of Rust: after a frame only the tracker's state is left, in a vault, and when the face is gone,
/// after a wipe, a pause and the end nothing; a steady frame makes no system call but those of proof 10; strace of a whole run
/// sees no file written, no socket and no other program; the library imports nothing that proof 15 does not list, but for what
/// is said with a reason.
///
/// Controls: a copy of a picture that the app keeps is found, and in the middle of a frame the picture in the device's
/// memory; an app that writes a file between steady frames is killed, and in a whole run the file is seen; the list is that of
/// proof 15, with its controls.
pub(super) fn as_proven(context: &Context) -> Result<String, Failure> {
    // Whatever engine is watched, the library has its own.
    let mut model = Model::seen_by(Engine::Kernels)?;
    thin_out(&mut model.needles);
    let pictures = write_pictures(context, model.seed())?;
    let launch = |scene: &str| -> Result<Subject, Failure> {
        let mut command = app(context);
        command.env(PERTURBED.0, PERTURBED.1);
        let arguments = [pictures.as_str(), EFFECTS];
        model.launch_with(command, scene, &arguments)
    };

    let mut careless = launch("careless")?;
    careless.expect("READY")?;
    let kept = careless.scan()?.times_outside(&[Kind::Pixels]);
    works(kept > 0, || {
        "control: a copy of a picture is not found".to_owned()
    })?;
    drop(careless);
    let in_use = mid_frame(launch("loop")?)?;

    let mut subject = launch("frames")?;
    subject.expect("READY")?;
    let scan = subject.scan()?;
    works(scan.times(&[Kind::State]) > 0, || {
        format!("after a frame: expected the tracker's state in a vault, found none: {scan}")
    })?;
    outside(&scan, "after a frame")?;
    none(&scan, &of_a_frame(), "after a frame")?;
    for when in ["LOST", "WIPED", "PAUSED", "DROPPED"] {
        subject.go()?;
        subject.expect(when)?;
        none(&subject.scan()?, KINDS, when)?;
    }
    drop(subject);

    let seed = model.seed().to_string();
    steady(context, &[&seed, &pictures, EFFECTS])?;
    let quiet = traced(context, &[&seed, &pictures, EFFECTS])?;
    ensure(quiet.is_empty(), || format!("strace saw {quiet:?}"))?;
    let leak = context.scratch.join("shipped-leak");
    let name = leak.to_str().ok_or("the scratch folder's name is not text")?;
    let caught = traced(context, &[&seed, &pictures, EFFECTS, name])?;
    works(caught == [Deed::Wrote(leak.clone())], || {
        format!("control: strace did not see the file written alone, but {caught:?}")
    })?;
    std::fs::remove_file(&leak)?;

    let imported = imports(&context.programs.shipped().join(LIBRARY))?;
    let own = parse(MORE);
    let wrong = unsound(&own);
    works(wrong.is_empty() && own.values().all(|it| !it.is_empty()), || {
        format!("the library's own list: {}", wrong.join("; "))
    })?;
    let listed: BTreeSet<_> = list()
        .into_keys()
        .chain(own.into_keys())
        .map(str::to_owned)
        .collect();
    let more: Vec<_> = imported.difference(&listed).cloned().collect();
    ensure(more.is_empty(), || {
        format!("imported and not listed: {}", more.join(" "))
    })?;
    Ok(format!(
        "{} needles in {} MiB; 72 frames with few calls; nothing written; {} functions imported, all listed; controls: {kept} in a copy, {in_use} in the \
         device's memory mid-frame, a file seen",
        model.needles.len(),
        scan.bytes >> 20,
        imported.len()
    ))
}

/// The packs of this project.
const EFFECTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../effects");

fn app(context: &Context) -> Command {
    let mut command = Command::new(context.programs.shipped().join("shipped"));
    command.envs(DRIVER);
    command
}

/// The pictures as files, for an app that cannot draw them: each that follows from the seed, and one with nobody in it.
#[expect(clippy::disallowed_methods, reason = "the portrait, for the app to read")]
fn write_pictures(context: &Context, seed: u64) -> Result<String, Failure> {
    let folder = context.scratch.join("pictures");
    std::fs::create_dir_all(&folder)?;
    let portrait = Portrait::from_seed(seed)?;
    let mut picture = vec![0; BYTES];
    for frame in 0..=FRAMES {
        if frame == FRAMES {
            portrait.draw_nobody(&mut picture);
        } else {
            portrait.draw(frame, &mut picture);
        }
        std::fs::write(folder.join(format!("picture-{frame}.rgba")), &picture)?;
    }
    Ok(folder
        .to_str()
        .ok_or("the scratch folder's name is not text")?
        .to_owned())
}

/// How often the picture lies outside of the vaults while a frame is drawn: there the device's memory is.
fn mid_frame(mut subject: Subject) -> Result<usize, Failure> {
    const MOST: u64 = 60;
    subject.expect("LOOP")?;
    for stop in 0..MOST {
        std::thread::sleep(Duration::from_micros(11_000 + 7370 * (stop % 17) + 41 * stop));
        subject.stop()?;
        let found = subject.scan()?.times_outside(&[Kind::Pixels]);
        subject.signal(libc::SIGCONT)?;
        if found > 0 {
            return Ok(found);
        }
    }
    Err(format!("control: no picture in the device's memory in {MOST} stops").into())
}

/// Steady frames of the app make no system call but those of proof 10; one that writes a file is killed.
fn steady(context: &Context, arguments: &[&str]) -> Result<(), Failure> {
    let (path, name) = forbidden_file(context, "shipped-steady")?;
    let status = |file: &str| {
        let mut command = app(context);
        command.arg("syscalls").args(arguments).arg(file);
        command.arg(SURVIVED.to_string());
        command.args(STEADY.iter().chain(&DRAWING).map(ToString::to_string));
        command.status()
    };
    let ended = status("")?;
    ensure(ended.signal() != Some(libc::SIGSYS), || {
        "a steady frame of an app in C made another system call".to_owned()
    })?;
    works(ended.code() == Some(SURVIVED), || {
        format!("steady frames of an app in C ended with {ended}")
    })?;
    let killed = status(&name)?;
    works(killed.signal() == Some(libc::SIGSYS) && !path.exists(), || {
        format!("control: a file written between steady frames ended with {killed}")
    })
}

/// What a whole run does that nobody asked for.
fn traced(context: &Context, arguments: &[&str]) -> Result<Vec<Deed>, Failure> {
    let mut command = app(context);
    command.arg("whole").args(arguments);
    let program = PathBuf::from(command.get_program());
    let run = observe(&command, &context.scratch.join("shipped.strace"))
        .map_err(|e| format!("strace could not be started ({e}): run `cargo xtask setup`"))?;
    works(run.status.success(), || {
        format!("the traced run ended with {}", run.status)
    })?;
    Ok(unasked(&run.deeds, &[], &[program])
        .into_iter()
        .cloned()
        .collect())
}
