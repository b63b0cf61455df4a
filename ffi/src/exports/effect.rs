use std::path::Path;

use crate::abi::{self, EffectHandle, SessionHandle};
use crate::effect;
use crate::guard::{guard, guard_session};
use crate::raw::{In, Out};
use crate::status::Status;

#[unsafe(no_mangle)]
extern "C" fn moretta_effect_from_bytes(
    session: SessionHandle,
    data: In<u8>,
    len: usize,
    out: Out<EffectHandle>,
) -> Status {
    guard_session(session, |session| {
        out.require("the place for the effect")?;
        let pack = effect::pack_of(data.slice("the pack", len)?)?;
        out.set("the place for the effect", session.load(&pack)?)
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_effect_from_path(
    session: SessionHandle,
    path: In<u8>,
    len: usize,
    out: Out<EffectHandle>,
) -> Status {
    guard_session(session, |session| {
        out.require("the place for the effect")?;
        let pack = effect::pack_at(Path::new(path.text("the path", len)?))?;
        out.set("the place for the effect", session.load(&pack)?)
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_effect_free(effect: EffectHandle) -> Status {
    guard(|| effect::free(effect))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_effect_input(effect: EffectHandle, index: u32, out: Out<abi::Input>) -> Status {
    guard(|| {
        out.check()?;
        match effect::input(effect, index)? {
            Some(input) => out.write(input).map(|()| Status::OK),
            None => Ok(Status::EMPTY),
        }
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_wear(session: SessionHandle, slot: u32, effect: EffectHandle) -> Status {
    guard_session(session, |session| {
        let effect = effect::find(effect, session.parts.family)?;
        session.wear(slot, effect.as_ref())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_wear_as_everyone(session: SessionHandle, slot: u32) -> Status {
    guard_session(session, |session| {
        Ok(session.sdk()?.wear_as_everyone(slot as usize)?)
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_set_input(
    session: SessionHandle,
    slot: u32,
    name: In<u8>,
    name_len: usize,
    value: f32,
) -> Status {
    guard_session(session, |session| {
        let name = name.text("the input's name", name_len)?;
        let sdk = session.sdk()?;
        match slot {
            abi::EVERYONE => sdk.set(name, value)?,
            slot => sdk.set_on(slot as usize, name, value)?,
        }
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_tap(session: SessionHandle) -> Status {
    guard_session(session, |session| {
        session.sdk()?.tap();
        Ok(())
    })
}
