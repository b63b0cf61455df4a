use std::time::Duration;

use crate::abi::{self, SessionHandle};
use crate::guard::{guard, guard_session};
use crate::raw::{In, Out};
use crate::status::Status;
use crate::{Fault, error_text};

#[unsafe(no_mangle)]
extern "C" fn moretta_process(
    session: SessionHandle,
    frame: In<abi::Frame>,
    picture: In<abi::Picture>,
    result: Out<abi::Result>,
) -> Status {
    guard(|| {
        let frame = frame.read()?;
        let _zeroed_at_the_end = frame.consumed();
        let picture = picture.read()?;
        optional(result)?;
        Ok(guard_session(session, |session| {
            tell(result, session.process(&frame, &picture)?)
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_present(
    session: SessionHandle,
    frame: In<abi::Frame>,
    result: Out<abi::Result>,
) -> Status {
    guard(|| {
        let frame = frame.read()?;
        let _zeroed_at_the_end = frame.consumed();
        optional(result)?;
        Ok(guard_session(session, |session| {
            tell(result, session.present(&frame)?)
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_submit(session: SessionHandle, frame: In<abi::Frame>, token: Out<u64>) -> Status {
    guard(|| {
        let frame = frame.read()?;
        let _zeroed_at_the_end = frame.consumed();
        Ok(guard_session(session, |session| {
            let submitted = session.submit(&frame)?;
            match token.is_none() {
                true => Ok(()),
                false => token.set("the place for the token", submitted),
            }
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_poll(session: SessionHandle, timeout_ms: u32, result: Out<abi::Result>) -> Status {
    guard_session(session, |session| {
        result.check()?;
        let patience = Duration::from_millis(timeout_ms.into());
        let Some((finished, fault)) = session.poll(patience)? else {
            return Ok(Status::EMPTY);
        };
        if let Some(fault) = fault {
            error_text::keep(&fault);
        }
        result.write(finished)?;
        Ok(Status::OK)
    })
}

/// A result that the caller may leave out.
fn optional(result: Out<abi::Result>) -> Result<(), Fault> {
    match result.is_none() {
        true => Ok(()),
        false => result.check(),
    }
}

fn tell(result: Out<abi::Result>, told: abi::Result) -> Result<(), Fault> {
    match result.is_none() {
        true => Ok(()),
        false => result.write(told),
    }
}
