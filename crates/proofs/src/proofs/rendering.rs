//! Proofs 14 and 16: the graphics device.

use super::inference::{Model, of_a_frame};
use super::residue::{none, register_hits};
use super::{Context, Failure, ensure, works};
use crate::expected::{self, DONOR_KINDS, KINDS};
use crate::face::Face;
use crate::needle::{Kind, Needle};
use crate::rendering::{DRIVER, PERTURBED};
use crate::scan::Scan;
use crate::subject::Subject;
use std::process::Command;
use std::time::Duration;

/// What passes through the device: the picture, and where its face is.
const DRAWN: [Kind; 2] = [Kind::Pixels, Kind::Landmark];

/// Proof 14. A whole session with the real tracker and drawing leaves nothing of a frame outside of the vaults: not in the
/// device's memory, which in software is this process's, nor anywhere else. After a pause and after the end nothing is left
/// at all.
///
/// The same with two faces that take on each other's looks, whose pictures and landmarks are each other's texture.
///
/// In the vaults only the tracker's own state is left after a frame, and with a swap where its faces were, and nothing when the face is gone. The C library
/// overwrites what is freed: what the driver frees unwiped is out of the session's reach, and is said, not judged.
///
/// Control: in the middle of a frame the picture and the landmarks are found in the device's memory.
pub(super) fn leaves_nothing(context: &Context) -> Result<String, Failure> {
    let mut found = Vec::new();
    // A swap keeps where its faces were, in a vault, in case the tracker loses one.
    for (mut model, scene, looped, kept) in [
        (Model::fresh()?, "frames", "loop", None),
        (Model::of_a_pair()?, "swaps", "swaps-loop", Some(Kind::Landmark)),
    ] {
        thin_out(&mut model.needles);
        found.push(after_frames(context, &model, (scene, looped), kept)?);
    }
    Ok(format!("{}; two faces swapped: {}", found[0], found[1]))
}

/// What is left when frames of a scene have ended, and what there is in the middle of one. `kept` is what a vault holds from frame
/// to frame besides the tracker's state.
fn after_frames(
    context: &Context,
    model: &Model,
    (scene, looped): (&str, &str),
    kept: Option<Kind>,
) -> Result<String, Failure> {
    let in_use = mid_frame(context, model, looped)?;
    let mut subject = start(context, model, scene, true)?;
    subject.expect("READY")?;
    let scan = subject.scan()?;
    works(scan.times(&[Kind::State]) > 0, || {
        format!("after a frame: expected the tracker's state in a vault, found none: {scan}")
    })?;
    outside(&scan, "after a frame")?;
    let mut of_a_frame = of_a_frame();
    of_a_frame.retain(|kind| Some(*kind) != kept);
    none(&scan, &of_a_frame, "after a frame")?;
    let in_registers = register_hits(&subject)?;
    ensure(in_registers == 0, || {
        format!("after a frame: {in_registers} needles in registers")
    })?;
    for when in ["LOST", "WIPED", "PAUSED", "DROPPED"] {
        subject.go()?;
        subject.expect(when)?;
        none(&subject.scan()?, KINDS, when)?;
    }

    let mut unwiped = start(context, model, scene, false)?;
    unwiped.expect("READY")?;
    let freed = unwiped.scan()?.times_outside(KINDS);
    Ok(format!(
        "{} needles in {} MiB; control: {in_use} in the device's memory mid-frame; {freed} in what the driver freed, where \
         the C library does not overwrite it",
        model.needles.len(),
        scan.bytes >> 20
    ))
}

/// Proof 16. Of a donor's picture nothing is left but the texture, sealed, and its face's shape, in a vault, while the donor lives: not
/// of the file, nor of what it was decoded to, nor of what the networks made of it. When the donor is removed, when its name is dropped, after a pause,
/// a wipe and the end of the session nothing is left at all; nor of one of two pictures, nor of a picture that was refused.
///
/// Control: while it lives the picture is found in the device's memory, and nowhere else, and the shape in a vault.
pub(super) fn donors_leave_nothing(context: &Context) -> Result<String, Failure> {
    let face = Face::fresh();
    let mut needles = expected::needles_of_a_donor(face.seed())?;
    // What tract would keep are pieces of few tensors.
    if !cfg!(feature = "tract") {
        thin_out(&mut needles);
    }
    let count = needles.len();
    let mut command = Command::new(context.programs.session());
    command.envs(DRIVER).env(PERTURBED.0, PERTURBED.1);
    let mut subject = Subject::launch_with(command, "donors", face, needles, &[])?;
    let all = [DONOR_KINDS, &[Kind::Sitter]].concat();
    let mut in_use = 0;
    for when in ["ADDED", "WORN"] {
        subject.expect(when)?;
        let scan = subject.scan()?;
        let there = scan.times_outside(&[Kind::Donor]);
        works(there > 0, || {
            format!("control: {when}: expected the picture in the device's memory, found none: {scan}")
        })?;
        ensure(scan.times(DONOR_KINDS) == there, || {
            format!("{when}: more of the picture is left than the texture: {scan}")
        })?;
        let kept = scan.times(&[Kind::Sitter]);
        works(kept > 0, || {
            format!("control: {when}: expected the shape of the face in a vault, found none: {scan}")
        })?;
        ensure(scan.times_outside(&[Kind::Sitter]) == 0, || {
            format!("{when}: the shape of the face is outside of the vaults: {scan}")
        })?;
        in_use = in_use.max(there);
        subject.go()?;
    }
    for when in [
        "REMOVED",
        "VIEWS_REMOVED",
        "VIEWS_REFUSED",
        "PAUSED",
        "WIPED",
        "LET_GO",
        "REFUSED",
        "DROPPED",
    ] {
        subject.expect(when)?;
        none(&subject.scan()?, &all, when)?;
        subject.go()?;
    }
    Ok(format!(
        "{count} needles; control: {in_use} of them in the device's memory while the donor lives"
    ))
}

/// Leaves some needles of each kind, from all over: a session with its driver has a lot of memory to search, several times.
pub(super) fn thin_out(needles: &mut Vec<Needle>) {
    const EACH: usize = 300;
    let mut seen = [0; Kind::ALL.len()];
    let all = |kind: Kind, needles: &[Needle]| needles.iter().filter(|it| it.kind == kind).count();
    let steps = Kind::ALL.map(|kind| all(kind, needles).div_ceil(EACH).max(1));
    needles.retain(|needle| {
        let kind = needle.kind as usize;
        seen[kind] += 1;
        (seen[kind] - 1) % steps[kind] == 0
    });
}

/// Nothing is left outside of the vaults: there the device's memory is.
pub(super) fn outside(scan: &Scan, when: &str) -> Result<(), Failure> {
    ensure(scan.times_outside(KINDS) == 0, || {
        format!("{when}: face data outside of the vaults: {scan}")
    })
}

/// How often the picture and the landmarks lie outside of the vaults while a frame is drawn: there the device's memory is.
fn mid_frame(context: &Context, model: &Model, scene: &str) -> Result<usize, Failure> {
    const MOST: u64 = 60;
    let mut subject = start(context, model, scene, true)?;
    subject.expect("LOOP")?;
    let mut most = [0; DRAWN.len()];
    for stop in 0..MOST {
        // A frame takes some tens of milliseconds, most of which it is tracked for.
        std::thread::sleep(Duration::from_micros(11_000 + 7370 * (stop % 17) + 41 * stop));
        subject.stop()?;
        let scan = subject.scan()?;
        subject.signal(libc::SIGCONT)?;
        for (most, kind) in most.iter_mut().zip(DRAWN) {
            *most = scan.times_outside(&[kind]).max(*most);
        }
        if most.iter().all(|it| *it > 0) {
            return Ok(most.iter().sum());
        }
    }
    Err(format!("control: {DRAWN:?} in the device's memory {most:?} times in {MOST} stops").into())
}

fn start(context: &Context, model: &Model, scene: &str, perturbed: bool) -> Result<Subject, Failure> {
    let mut command = Command::new(context.programs.session());
    command.envs(DRIVER);
    if perturbed {
        command.env(PERTURBED.0, PERTURBED.1);
    }
    model.launch(command, scene)
}
