//! What a donor's handle stands for.

use std::sync::{Mutex, PoisonError};

use moretta::{DonorFace, DonorPicture};

use crate::Fault;
use crate::abi::{self, DonorHandle, SessionHandle};
use crate::frame::{meet, span};
use crate::handle::{self, Kind, Registry};
use crate::session::{self, Session};

static DONORS: Registry<handle::Donor, Donor> = Registry::new(Kind::Donor, "the donor");

/// A donor of a session. It holds nothing of a face.
struct Donor {
    session: SessionHandle,
    /// `None` once it is freed.
    donor: Mutex<Option<moretta::Donor>>,
}

/// Gives a donor of this session a handle.
pub(crate) fn add(donor: moretta::Donor, session: SessionHandle) -> DonorHandle {
    DONORS.add(Donor {
        session,
        donor: Mutex::new(Some(donor)),
    })
}

/// Which face of a picture is meant.
///
/// # Errors
/// [`Fault::Value`].
pub(crate) fn face(number: u32) -> Result<DonorFace, Fault> {
    match number {
        abi::DONOR_ONLY => Ok(DonorFace::Only),
        abi::DONOR_LARGEST => Ok(DonorFace::Largest),
        found => Err(Fault::Value {
            what: "the face",
            expected: "MORETTA_DONOR_ONLY or MORETTA_DONOR_LARGEST",
            found: found.into(),
        }),
    }
}

/// Files of several pictures, which are zeroed when this goes.
pub(crate) struct Files {
    files: Vec<abi::Bytes>,
}

impl Files {
    pub(crate) fn given_up(files: &[abi::Bytes]) -> Self {
        Self {
            files: files.to_vec(),
        }
    }

    /// What a donor is made of.
    ///
    /// # Errors
    /// [`Fault::Pictures`] if they share memory; [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn pictures(&mut self) -> Result<Vec<DonorPicture<'_>>, Fault> {
        let place = |file: &abi::Bytes| span(file.data.address(), file.len);
        for (at, file) in self.files.iter().enumerate() {
            let mut others = self.files[at + 1..].iter();
            if others.any(|other| meet(&place(file), &place(other))) {
                return Err(Fault::Pictures);
            }
        }
        let files = self.files.iter_mut();
        files
            .map(|file| Ok(DonorPicture::file(file.data.give_up("the picture", file.len)?)))
            .collect()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // One after the other, as they may overlap.
        for file in &self.files {
            file.data.wipe(file.len);
        }
    }
}

/// Gives a slot, or everyone, the donor of this handle; none for none.
///
/// # Errors
/// [`Fault::Handle`], [`Fault::NoConsent`], [`Fault::Sdk`].
pub(crate) fn give(
    session: &mut Session,
    own: SessionHandle,
    slot: u32,
    handle: DonorHandle,
) -> Result<(), Fault> {
    let sdk = session.sdk()?;
    let mut give = |donor: Option<&moretta::Donor>| match slot {
        abi::EVERYONE => sdk.donor(donor),
        slot => sdk.donor_on(slot as usize, donor),
    };
    if handle.is_null() {
        return Ok(give(None)?);
    }
    let found = DONORS.find(handle)?;
    if found.session != own {
        return Err(Fault::Handle {
            what: "the donor",
            found: "of another session",
        });
    }
    let donor = found.donor.lock().unwrap_or_else(PoisonError::into_inner);
    match &*donor {
        Some(donor) => Ok(give(Some(donor))?),
        None => Err(Fault::Handle {
            what: "the donor",
            found: "destroyed",
        }),
    }
}

/// Wipes the donor, if its session has it still, and forgets the handle.
///
/// # Errors
/// [`Fault::Handle`]; [`Fault::Busy`], and then nothing is done; [`Fault::Sdk`].
pub(crate) fn free(handle: DonorHandle) -> Result<(), Fault> {
    if handle.is_null() {
        return Ok(());
    }
    let found = DONORS.find(handle)?;
    // With its session it has ended.
    let cell = session::find(found.session).ok();
    let mut session = match &cell {
        Some(cell) => Some(cell.enter()?),
        None => None,
    };
    DONORS.remove(handle)?;
    let donor = found.donor.lock().unwrap_or_else(PoisonError::into_inner).take();
    let session = session.as_mut().and_then(|session| session.as_mut());
    if let (Some(donor), Some(session)) = (donor, session)
        && donor.is_there()
        && let Ok(sdk) = session.sdk()
    {
        sdk.remove_donor(donor)?;
    }
    Ok(())
}
