//! Proofs 1 to 6: what is in memory, and when.

use super::{Context, Failure, ensure, works};
use crate::needle::{Kind, count};
use crate::registers::vector_registers;
use crate::scan::Scan;
use crate::subject::Subject;
use std::time::Duration;

/// What must be gone when a frame has ended.
const OF_A_FRAME: &[Kind] = &[Kind::Pixels, Kind::Landmark, Kind::Text];
/// What may outlive a frame, in vaults.
const KEPT: &[Kind] = &[Kind::State, Kind::Donor, Kind::Scratch];
/// What a wipe reaches: all but what a library keeps in memory of its own, which ends with its thread.
const WIPED: &[Kind] = &[Kind::Pixels, Kind::Landmark, Kind::Text, Kind::State, Kind::Donor];
const EVERYTHING: &[Kind] = &Kind::ALL;

pub(super) fn none(scan: &Scan, kinds: &[Kind], when: &str) -> Result<(), Failure> {
    ensure(scan.times(kinds) == 0, || {
        format!("{when}: face data is left: {scan}")
    })
}

/// What is kept from frame to frame is there, and nowhere but in vaults: the search itself works.
fn kept_in_vaults(scan: &Scan, when: &str) -> Result<(), Failure> {
    for kind in KEPT {
        works(scan.times(&[*kind]) > 0, || {
            format!("{when}: expected {kind:?} in a vault, found none: {scan}")
        })?;
    }
    ensure(scan.times_outside(KEPT) == 0, || {
        format!("{when}: kept outside of the vaults: {scan}")
    })
}

/// Proof 1. After a frame nothing of it is left in memory or registers; after a wipe, a pause or the end nothing at all.
///
/// Controls: the same habits without a veil, and on a veil without FaceHeap.
pub(super) fn nothing_is_left(context: &Context) -> Result<String, Failure> {
    let mut subject = context.victim("frames", &[])?;
    subject.expect("READY")?;
    let after_frame = subject.scan()?;
    none(&after_frame, OF_A_FRAME, "after a frame")?;
    kept_in_vaults(&after_frame, "after a frame")?;
    let in_registers = register_hits(&subject)?;
    ensure(in_registers == 0, || {
        format!("after a frame: {in_registers} needles in registers")
    })?;
    for (when, gone) in [("WIPED", WIPED), ("PAUSED", EVERYTHING), ("DROPPED", EVERYTHING)] {
        subject.go()?;
        subject.expect(when)?;
        let scan = subject.scan()?;
        none(&scan, gone, when)?;
        ensure(scan.times_outside(EVERYTHING) == 0, || {
            format!("{when}: outside of the vaults: {scan}")
        })?;
    }

    let mut open = context.open("open-frames", &[])?;
    open.expect("READY")?;
    let caught = open.scan()?;
    for kind in [Kind::Pixels, Kind::Landmark] {
        works(caught.times(&[kind]) > 0, || {
            format!("control: {kind:?} without a veil not found: {caught}")
        })?;
    }
    let mut open_heap = context.open("frames", &[])?;
    open_heap.expect("READY")?;
    let without_heap = open_heap.scan()?.times(OF_A_FRAME);
    works(without_heap > 0, || {
        "control: nothing found without FaceHeap".to_owned()
    })?;
    let mut open_register = context.open("open-register", &[])?;
    open_register.expect("READY")?;
    // It says so before it stands still.
    let held = (0..1000).find_map(|_| match register_hits(&open_register) {
        Ok(0) => {
            std::thread::sleep(Duration::from_millis(1));
            None
        }
        other => Some(other),
    });
    works(matches!(held, Some(Ok(1..))), || {
        "control: a landmark in a register not found".to_owned()
    })?;
    Ok(format!(
        "{} KiB searched; controls: {} without a veil, {without_heap} without FaceHeap",
        after_frame.bytes >> 10,
        caught.times(OF_A_FRAME)
    ))
}

pub(super) fn register_hits(subject: &Subject) -> Result<usize, Failure> {
    let mut hits = 0;
    count(&vector_registers(subject.pid())?, subject.needles(), |_| {
        hits += 1;
    });
    Ok(hits)
}

/// Stops a running subject again and again, at other moments each time.
fn sample(
    subject: &Subject,
    times: u64,
    mut look: impl FnMut(&Subject) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for k in 0..times {
        std::thread::sleep(Duration::from_micros(1500 + 1370 * (k % 7) + 41 * k));
        subject.stop()?;
        look(subject)?;
        subject.signal(libc::SIGCONT)?;
    }
    Ok(())
}

/// Proof 2. In the middle of a frame the face lies in locked, undumped mappings only.
///
/// Control: the same habits without a veil.
pub(super) fn mid_frame_in_vaults_only(context: &Context) -> Result<String, Failure> {
    let times = if context.quick { 12 } else { 60 };
    let mut subject = context.victim("loop", &[])?;
    subject.expect("LOOP")?;
    let mut seen = 0;
    sample(&subject, times, |subject| {
        let scan = subject.scan()?;
        seen += u64::from(scan.times(&[Kind::Landmark]) > 0);
        ensure(scan.times_outside(EVERYTHING) == 0, || {
            format!("outside of the vaults: {scan}")
        })
    })?;
    works(seen > 0, || {
        format!("no landmark in the vaults in {times} stops: nothing was observed")
    })?;

    let mut open = context.open("open-loop", &[])?;
    open.expect("LOOP")?;
    let mut caught = 0;
    sample(&open, times, |subject| {
        caught += u64::from(subject.scan()?.times_outside(&[Kind::Landmark]) > 0);
        Ok(())
    })?;
    works(caught > 0, || {
        "control: no landmark found without a veil".to_owned()
    })?;
    Ok(format!(
        "in the vaults in {seen} of {times} stops; control in {caught}"
    ))
}

/// Proof 3. A forgotten session forgets no wipe, and `wipe_all` reaches it.
///
/// Control: an ordinary process, whose forgotten memory is found.
pub(super) fn forgetting_forgets_no_wipe(context: &Context) -> Result<String, Failure> {
    let mut subject = context.victim("forget", &[])?;
    subject.expect("READY")?;
    let forgotten = subject.scan()?;
    none(&forgotten, OF_A_FRAME, "after the session was forgotten")?;
    kept_in_vaults(&forgotten, "after the session was forgotten")?;
    subject.go()?;
    subject.expect("WIPED")?;
    none(&subject.scan()?, WIPED, "after wipe_all")?;

    let mut open = context.open("open-frames", &[])?;
    open.expect("READY")?;
    let caught = open.scan()?.times(OF_A_FRAME);
    works(caught > 0, || "control: nothing found without a veil".to_owned())?;
    Ok(format!("state until wipe_all, then nothing; control {caught}"))
}

/// Proof 4. A panic in the middle of a frame leaves nothing and prints nothing.
///
/// Control: the same panic without a veil.
pub(super) fn panic_is_silent(context: &Context) -> Result<String, Failure> {
    let mut subject = context.victim("panic", &[])?;
    subject.expect("READY")?;
    none(&subject.scan()?, EVERYTHING, "after a panic")?;
    let texts = subject.face().texts();
    let quoted = |errors: &str| texts.iter().filter(|t| errors.contains(t.as_str())).count();
    let (_, errors) = subject.end();
    ensure(errors.is_empty(), || {
        format!("the panic was printed ({} landmarks quoted)", quoted(&errors))
    })?;

    let mut open = context.open("open-panic", &[])?;
    open.expect("READY")?;
    let kept = open.scan()?.times(&[Kind::Text]);
    let texts = open.face().texts();
    let (_, errors) = open.end();
    let printed = texts.iter().filter(|t| errors.contains(t.as_str())).count();
    works(kept > 0 && printed == texts.len(), || {
        format!(
            "control: {kept} texts found in memory, {printed} of {} printed",
            texts.len()
        )
    })?;
    Ok(format!(
        "silent; control: {printed} landmarks printed, {kept} in memory"
    ))
}

/// Proof 5. A child forked in the middle of a frame sees no face.
///
/// Control: a child of an ordinary process.
pub(super) fn children_see_nothing(context: &Context) -> Result<String, Failure> {
    let times = if context.quick { 6 } else { 30 };
    let mut subject = context.victim("fork", &[])?;
    subject.expect("LOOP")?;
    for k in 0..times {
        std::thread::sleep(Duration::from_micros(700 + 530 * (k % 5)));
        let scan = scan_next_child(&mut subject)?;
        none(&scan, EVERYTHING, "in a child")?;
    }
    let own = subject.scan()?.times(&[Kind::State]);
    works(own > 0, || {
        "the parent held no state: nothing was observed".to_owned()
    })?;

    let mut open = context.open("open-fork", &[])?;
    open.expect("LOOP")?;
    let mut caught = 0;
    for k in 0..times {
        std::thread::sleep(Duration::from_micros(700 + 530 * (k % 5)));
        caught += scan_next_child(&mut open)?.times(OF_A_FRAME);
    }
    works(caught > 0, || {
        "control: nothing found in an ordinary child".to_owned()
    })?;
    Ok(format!("{times} children; control {caught}"))
}

fn scan_next_child(subject: &mut Subject) -> Result<Scan, Failure> {
    subject.go()?;
    let child: libc::pid_t = subject.expect("CHILD")?.parse()?;
    let scan = subject.scan_child(u32::try_from(child)?);
    // SAFETY: ends a grandchild that only waits for a signal.
    unsafe { libc::kill(child, libc::SIGKILL) };
    Ok(scan?)
}

/// Proof 6. When the face is gone, so is what was remembered of it.
///
/// Control: before that, it is there.
pub(super) fn lost_face_is_forgotten(context: &Context) -> Result<String, Failure> {
    let mut subject = context.victim("lost", &[])?;
    subject.expect("SEEN")?;
    let seen = subject.scan()?;
    kept_in_vaults(&seen, "while the face is in sight")?;
    subject.go()?;
    subject.expect("LOST")?;
    let lost = subject.scan()?;
    none(&lost, OF_A_FRAME, "when the face is gone")?;
    none(&lost, &[Kind::State], "when the face is gone")?;
    works(lost.times(&[Kind::Donor]) > 0, || {
        "the donor went with the face".to_owned()
    })?;
    Ok(format!(
        "control: {} states while in sight",
        seen.times(&[Kind::State])
    ))
}
