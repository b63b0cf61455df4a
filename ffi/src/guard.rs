//! What every call from C goes through.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::abi::SessionHandle;
use crate::session::{self, Session};
use crate::status::Status;
use crate::{Fault, error_text, logger};

/// Runs a call to its end and says how it went. A panic ends here: everything in the process is wiped, and the caller is
/// told of a fault. What went wrong is kept for `moretta_last_error`.
pub(crate) fn guard<R: Into<Status>>(call: impl FnOnce() -> Result<R, Fault>) -> Status {
    match settle(call) {
        Ok(answer) => answer.into(),
        Err(fault) => {
            error_text::keep(&fault);
            fault.status()
        }
    }
}

/// As [`guard`], of calls that answer with something else: with `otherwise`, if they fail.
pub(crate) fn guard_or<R>(otherwise: R, call: impl FnOnce() -> R) -> R {
    catch(call).unwrap_or(otherwise)
}

/// As [`guard`], with the session of a handle for this thread alone. A panic ends the session too: it is wiped, and all
/// that can be done with it is to destroy it.
pub(crate) fn guard_session<R: Into<Status>>(
    handle: SessionHandle,
    call: impl FnOnce(&mut Session) -> Result<R, Fault>,
) -> Status {
    guard(|| {
        let cell = session::find(handle)?;
        let mut session = cell.enter()?;
        let session = session.as_mut().ok_or(Fault::Handle {
            what: "the session",
            found: "destroyed",
        })?;
        session.begin()?;
        catch(|| call(session)).unwrap_or_else(|| {
            // Dropping it wipes it; what a bug did to others nobody knows.
            let _ = catch(|| session.poison());
            let _ = catch(moretta::wipe_all);
            Err(Fault::Bug)
        })
    })
}

fn settle<R>(call: impl FnOnce() -> Result<R, Fault>) -> Result<R, Fault> {
    if logger::is_calling_back() {
        return Err(Fault::Reentered);
    }
    let _entered = logger::enter();
    catch(call).unwrap_or_else(|| {
        let _ = catch(moretta::wipe_all);
        Err(Fault::Bug)
    })
}

/// The answer of `call`, or none if it panicked. What the panic says is dropped unread.
fn catch<R>(call: impl FnOnce() -> R) -> Option<R> {
    let dropped = |payload: Box<dyn Any + Send>| {
        // A payload may panic as it is dropped; then it stays.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
    };
    catch_unwind(AssertUnwindSafe(call)).map_err(dropped).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi;

    struct PanicsTwice;

    impl Drop for PanicsTwice {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn a_panic_becomes_a_status() {
        let bug = |call: fn() -> Result<(), Fault>| guard(call).0;
        assert_eq!(bug(|| panic!("words")), abi::STATUS_BUG);
        assert_eq!(bug(|| std::panic::panic_any(PanicsTwice)), abi::STATUS_BUG);
        assert_eq!(bug(|| Ok(())), abi::STATUS_OK);
        assert_eq!(bug(|| Err(Fault::Paused)), abi::STATUS_PAUSED);
        assert_eq!(guard_or(7, || panic!("words")), 7);
        assert_eq!(guard_or(7, || 8), 8);
    }

    #[test]
    fn a_panic_with_a_session_wipes_it_and_leaves_it_to_be_destroyed() {
        let options = abi::Options {
            policy: abi::POLICY_BEST_EFFORT,
            ..abi::Options::DEFAULT
        };
        let parts = crate::options::parts(&options).unwrap();
        let handle = session::add(crate::options::Settings::of(&options).unwrap(), parts);
        let consent = |it: &mut Session| session::find(handle)?.give_consent(it, abi::AGE_FROM_14);
        assert_eq!(guard_session(handle, consent), Status::OK);
        assert_eq!(guard_session(handle, |it| it.check()), Status::OK);

        let bug = guard_session(handle, |_| -> Result<(), Fault> { panic!("words") });
        assert_eq!(bug.0, abi::STATUS_BUG);
        assert_eq!(guard_session(handle, |it| it.check()).0, abi::STATUS_POISONED);
        let cell = session::find(handle).unwrap();
        assert!(
            cell.enter().unwrap().as_mut().unwrap().sdk().is_err(),
            "its face thread is gone"
        );
        assert_eq!(guard(|| session::destroy(handle)), Status::OK);
        assert_eq!(guard_session(handle, |it| it.check()).0, abi::STATUS_HANDLE);
    }
}
