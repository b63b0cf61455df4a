use moretta::DonorPicture;

use crate::abi::{self, DonorHandle, SessionHandle};
use crate::donor;
use crate::guard::{guard, guard_session};
use crate::raw::{In, Out};
use crate::status::Status;

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_add(
    session: SessionHandle,
    data: Out<u8>,
    len: usize,
    face: u32,
    out: Out<DonorHandle>,
) -> Status {
    guard(|| {
        let mut data = data;
        // Zeroed when it goes, on every path.
        let picture = DonorPicture::file(data.slice("the picture", len)?);
        Ok(guard_session(session, |own| {
            out.require("the place for the donor")?;
            let donor = own.sdk()?.add_donor(picture, donor::face(face)?)?;
            out.set("the place for the donor", donor::add(donor, session))
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_add_views(
    session: SessionHandle,
    pictures: In<abi::Bytes>,
    count: usize,
    face: u32,
    out: Out<DonorHandle>,
) -> Status {
    guard(|| {
        let mut files = donor::Files::given_up(pictures.slice("the pictures", count)?);
        Ok(guard_session(session, |own| {
            out.require("the place for the donor")?;
            let face = donor::face(face)?;
            let donor = own.sdk()?.add_donor_views(files.pictures()?, face)?;
            out.set("the place for the donor", donor::add(donor, session))
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_add_frame(
    session: SessionHandle,
    frame: In<abi::Frame>,
    face: u32,
    out: Out<DonorHandle>,
) -> Status {
    guard(|| {
        let mut frame = frame.read()?;
        let _zeroed_at_the_end = frame.given_up();
        Ok(guard_session(session, |own| {
            out.require("the place for the donor")?;
            let face = donor::face(face)?;
            let donor = own.sdk()?.add_donor(frame.donor()?, face)?;
            out.set("the place for the donor", donor::add(donor, session))
        }))
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_free(donor: DonorHandle) -> Status {
    guard(|| donor::free(donor))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_give(session: SessionHandle, slot: u32, donor: DonorHandle) -> Status {
    guard_session(session, |own| donor::give(own, session, slot, donor))
}

#[unsafe(no_mangle)]
extern "C" fn moretta_donor_give_as_everyone(session: SessionHandle, slot: u32) -> Status {
    guard_session(session, |session| {
        Ok(session.sdk()?.donor_as_everyone(slot as usize)?)
    })
}
