//! Proofs 8 and 9: memory that not even the kernel reads for anyone.

use super::{Context, Failure, ensure, works};
use crate::needle::Kind;
use std::time::Duration;

const FACE: &[Kind] = &[
    Kind::Landmark,
    Kind::State,
    Kind::Donor,
    Kind::Text,
    Kind::Scratch,
];

/// Proof 8. On secret memory the face cannot be read from outside, not even in the middle of a frame.
///
/// Control: on ordinary memory the same search finds it.
pub(super) fn unreadable_in_use(context: &Context) -> Result<String, Failure> {
    let times = if context.quick { 8 } else { 30 };
    let mut seen = [0; 2];
    let mut unreadable = 0;
    for (seen, option) in seen.iter_mut().zip(["secret", ""]) {
        let mut subject = context.victim("loop", &[option])?;
        subject.expect("LOOP")?;
        for k in 0..times {
            std::thread::sleep(Duration::from_micros(2000 + 1370 * k));
            subject.stop()?;
            let scan = subject.scan()?;
            subject.signal(libc::SIGCONT)?;
            *seen += scan.times(FACE);
            if option == "secret" {
                unreadable = scan.unreadable;
                ensure(scan.times(FACE) == 0, || format!("readable: {scan}"))?;
                ensure(unreadable >= 6, || {
                    format!("expected stack, heap and buffers unreadable: {scan}")
                })?;
            }
        }
    }
    works(seen[1] > 0, || {
        "control: nothing found on ordinary memory".to_owned()
    })?;
    Ok(format!("{unreadable} mappings unreadable; control {}", seen[1]))
}

/// Proof 9. A hostile thread in safe Rust in the same process reads nothing of a face on secret memory.
///
/// On ordinary memory `/proc/self/mem` shows it everything: a limit that PRIVACY.md names, and the control.
pub(super) fn hostile_thread_is_blind(context: &Context) -> Result<String, Failure> {
    let thief = |option| -> Result<(usize, usize), Failure> {
        let mut subject = context.victim("thief", &[option])?;
        let said = subject.expect("THIEF")?;
        let (found, unreadable) = said.split_once(' ').ok_or("a thief's words")?;
        Ok((found.parse()?, unreadable.parse()?))
    };
    let (found, unreadable) = thief("secret")?;
    ensure(found == 0 && unreadable > 0, || {
        format!("the thief found {found}, {unreadable} unreadable")
    })?;
    let (caught, _) = thief("")?;
    works(caught > 0, || {
        "control: the thief finds nothing on ordinary memory".to_owned()
    })?;
    Ok(format!("blind in {unreadable} mappings; control {caught}"))
}
