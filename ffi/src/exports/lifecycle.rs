use crate::Fault;
use crate::abi::{self, SessionHandle};
use crate::guard::{guard, guard_session};
use crate::options::{self, Settings};
use crate::raw::{In, Out};
use crate::session::{self, Session};
use crate::status::Status;

#[unsafe(no_mangle)]
extern "C" fn moretta_create(abi: u32, options: In<abi::Options>, out: Out<SessionHandle>) -> Status {
    guard(|| {
        if abi >> 16 != abi::ABI >> 16 || abi > abi::ABI {
            return Err(Fault::Abi {
                expected: abi::ABI,
                found: abi,
            });
        }
        out.require("the place for the session")?;
        let options = match options.is_null() {
            true => abi::Options::DEFAULT,
            false => options.read()?,
        };
        let settings = Settings::of(&options)?;
        let parts = options::parts(&options)?;
        out.set("the place for the session", session::add(settings, parts))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_destroy(session: SessionHandle) -> Status {
    guard(|| session::destroy(session))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_check(session: SessionHandle) -> Status {
    guard_session(session, |session| session.check())
}

#[unsafe(no_mangle)]
extern "C" fn moretta_consent_give(session: SessionHandle, age_band: u32) -> Status {
    guard_session(session, |it| session::find(session)?.give_consent(it, age_band))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_consent_revoke(session: SessionHandle) -> Status {
    guard(|| {
        session::find(session)?.revoke_consent();
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_pause(session: SessionHandle) -> Status {
    guard_session(session, Session::pause)
}

#[unsafe(no_mangle)]
extern "C" fn moretta_resume(session: SessionHandle) -> Status {
    guard_session(session, Session::resume)
}

#[unsafe(no_mangle)]
extern "C" fn moretta_trim_memory(session: SessionHandle) -> Status {
    guard_session(session, Session::trim)
}

#[unsafe(no_mangle)]
extern "C" fn moretta_wipe_all() -> Status {
    guard(|| {
        moretta::wipe_all();
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_statistics_read(session: SessionHandle, out: Out<abi::Statistics>) -> Status {
    guard_session(session, |session| out.write(session.statistics()))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_report(
    session: SessionHandle,
    form: u32,
    mut text: Out<u8>,
    capacity: usize,
    len: Out<usize>,
) -> Status {
    guard_session(session, |session| {
        len.require("the place for the report's length")?;
        let report = session.report(form)?;
        len.set("the place for the report's length", report.len())?;
        let room = text.slice("the place for the report", capacity)?;
        if room.len() <= report.len() {
            return Err(Fault::TooSmall {
                what: "the report and the zero at its end",
                expected: report.len() + 1,
                found: room.len(),
            });
        }
        room[..report.len()].copy_from_slice(report.as_bytes());
        room[report.len()] = 0;
        Ok(())
    })
}
