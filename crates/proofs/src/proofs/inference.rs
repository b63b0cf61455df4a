//! Proof 12: real inference.

use super::residue::register_hits;
use super::{Context, Failure, ensure, works};
use crate::expected::{self, KINDS};
use crate::face::Face;
use crate::inference::ENGINE;
use crate::needle::{Kind, Needle};
use crate::subject::Subject;
use moretta_infer::Engine;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What may outlive a frame while its face is in sight: what the tracker needs to go on, and the scratch of an engine that
/// has memory of its own.
#[cfg(not(feature = "tract"))]
const KEPT: &[Kind] = &[Kind::State];
#[cfg(feature = "tract")]
const KEPT: &[Kind] = &[Kind::State, Kind::Activation];

/// What must be gone when a frame has ended.
pub(super) fn of_a_frame() -> Vec<Kind> {
    let kinds = KINDS.iter().copied();
    kinds.filter(|kind| !KEPT.contains(kind)).collect()
}

/// A portrait that nobody saw before, and all that inference makes of it.
pub(super) struct Model {
    face: Face,
    pub(super) needles: Vec<Needle>,
}

impl Model {
    pub(super) fn fresh() -> Result<Model, Failure> {
        Model::seen_by(ENGINE)
    }

    /// Somebody new, and what an engine makes of them.
    pub(super) fn seen_by(engine: Engine) -> Result<Model, Failure> {
        let face = Face::fresh();
        let needles = expected::needles(engine, face.seed())?;
        Ok(Model { face, needles })
    }

    /// Two people, each in half the size.
    pub(super) fn of_a_pair() -> Result<Model, Failure> {
        let face = Face::fresh();
        let needles = expected::needles_of_a_pair(face.seed())?;
        Ok(Model { face, needles })
    }

    pub(super) fn start(&self, program: &Path, scene: &str) -> Result<Subject, Failure> {
        self.launch(Command::new(program), scene)
    }

    pub(super) fn launch(&self, command: Command, scene: &str) -> Result<Subject, Failure> {
        self.launch_with(command, scene, &[])
    }

    pub(super) fn launch_with(
        &self,
        command: Command,
        scene: &str,
        arguments: &[&str],
    ) -> Result<Subject, Failure> {
        let needles = self.needles.clone();
        Ok(Subject::launch_with(
            command, scene, self.face, needles, arguments,
        )?)
    }

    pub(super) fn seed(&self) -> u64 {
        self.face.seed()
    }
}

/// Proof 12. The tracker with the real networks leaves after a frame nothing but its own state, in a vault, and with tract
/// the engine's scratch in another; when the face is gone, after a wipe, a pause or the end nothing at all. In the middle of a frame all of
/// it lies in vaults.
///
/// Control: the same without FaceHeap, with networks that compute in memory of their own.
pub(super) fn leaves_nothing(context: &Context) -> Result<String, Failure> {
    let model = Model::fresh()?;
    after_frames(context, &model)?;
    let middle = mid_frame(context, &model)?;

    let mut open = model.start(&context.programs.tracker_open(), "frames")?;
    open.expect("READY")?;
    let caught = open.scan()?;
    // No crop: the C library gives a block of that size back to the system, whole. Mid-frame each kind was seen.
    for kind in [Kind::Activation, Kind::Output] {
        works(caught.times_outside(&[kind]) > 0, || {
            format!("control: {kind:?} without FaceHeap not found: {caught}")
        })?;
    }
    Ok(format!(
        "{ENGINE}: {} needles; {middle}; control {} without FaceHeap",
        model.needles.len(),
        caught.times_outside(KINDS)
    ))
}

/// What is left when frames have ended.
fn after_frames(context: &Context, model: &Model) -> Result<(), Failure> {
    let mut subject = model.start(&context.programs.tracker(), "frames")?;
    subject.expect("READY")?;
    let scan = subject.scan()?;
    ensure(scan.times(&of_a_frame()) == 0, || {
        format!("after a frame: face data is left: {scan}")
    })?;
    ensure(scan.times_outside(KEPT) == 0, || {
        format!("after a frame: kept outside of the vaults: {scan}")
    })?;
    works(scan.times(&[Kind::State]) > 0, || {
        format!("after a frame: expected the tracker's state in a vault, found none: {scan}")
    })?;
    let in_registers = register_hits(&subject)?;
    ensure(in_registers == 0, || {
        format!("after a frame: {in_registers} needles in registers")
    })?;
    for when in ["LOST", "WIPED", "PAUSED", "DROPPED"] {
        subject.go()?;
        subject.expect(when)?;
        let scan = subject.scan()?;
        ensure(scan.times(KINDS) == 0, || {
            format!("{when}: face data is left: {scan}")
        })?;
    }
    Ok(())
}

/// Where everything lies in the middle of a frame: stops a running subject until each kind was seen.
fn mid_frame(context: &Context, model: &Model) -> Result<String, Failure> {
    const MOST: u64 = 400;
    let least = if context.quick { 12 } else { 60 };
    let mut subject = model.start(&context.programs.tracker(), "loop")?;
    subject.expect("LOOP")?;
    // The camera's pictures are the app's, and the tracker makes no copy of one.
    let mut unseen: Vec<Kind> = KINDS.iter().copied().filter(|k| *k != Kind::Pixels).collect();
    let mut stops = 0;
    while stops < least || (!unseen.is_empty() && stops < MOST) {
        std::thread::sleep(Duration::from_micros(1500 + 1370 * (stops % 17) + 41 * stops));
        subject.stop()?;
        let scan = subject.scan()?;
        subject.signal(libc::SIGCONT)?;
        ensure(scan.times_outside(KINDS) == 0, || {
            format!("mid-frame: outside of the vaults: {scan}")
        })?;
        unseen.retain(|kind| scan.times(&[*kind]) == 0);
        stops += 1;
    }
    works(unseen.is_empty(), || {
        format!("mid-frame: no {unseen:?} in the vaults in {stops} stops: nothing was observed of it")
    })?;
    Ok(format!("each kind in the vaults in {stops} stops"))
}
