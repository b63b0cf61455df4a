//! Donors: faces of photos whose looks others may take on. The app's side.

use std::fmt;

use moretta_frame::FrameLayout;
use moretta_render::MAX_FACES;
use moretta_veil::GivenUp;

use crate::Error;

/// How many photos a donor is made of at most.
pub const MAX_DONOR_VIEWS: usize = 4;

/// A photo that the app gives up, to make a [`Donor`](crate::Donor) of: its memory is zeroed when this value goes, which is before
/// [`Session::add_donor`](crate::Session::add_donor) returns, on every path, errors included.
///
/// What the app read it from (a file, a cache of the system's) is the app's to think of.
pub struct DonorPicture<'a> {
    pub(crate) picture: GivenUp<'a>,
    /// `None` for a file.
    pub(crate) layout: Option<FrameLayout>,
}

impl<'a> DonorPicture<'a> {
    /// A whole picture file: JPEG, PNG, WebP or GIF; turned as its Exif data say. It is decoded on the face thread, in face
    /// memory. At most 2^25 pixels; each takes 4 bytes of locked memory while the donor is made, and up to 20 more that the
    /// decoder may ask for. [Several](crate::Session::add_donor_views) take 5 MiB more, together.
    #[must_use]
    pub fn file(bytes: &'a mut [u8]) -> Self {
        Self {
            picture: GivenUp::one(bytes),
            layout: None,
        }
    }

    /// Pixels, as a camera or a decoder of the app's has them.
    ///
    /// # Errors
    /// [`Error::Veil`] for no planes or too many, which are zeroed then too.
    pub fn pixels(
        layout: FrameLayout,
        planes: impl IntoIterator<Item = &'a mut [u8]>,
    ) -> Result<Self, Error> {
        Ok(Self {
            picture: GivenUp::planes(planes)?,
            layout: Some(layout),
        })
    }
}

/// Which face of a photo is the donor's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DonorFace {
    /// The only one: with several it is [`DonorFault::SeveralFaces`].
    #[default]
    Only,
    /// The largest one.
    Largest,
}

/// What is wrong with a donor. It says no more of a photo than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DonorFault {
    /// The photo shows no face.
    NoFace,
    /// It shows several, and the only one was asked for.
    SeveralFaces,
    /// Its face is smaller than 64 pixels.
    SmallFace,
    /// Its face looks away from the camera: nothing of it could be shown.
    TurnedAway,
    /// No photos were brought, or more than [`MAX_DONOR_VIEWS`].
    Views {
        /// How many.
        found: usize,
    },
    /// The donor is gone: a pause, a wipe of everything, a fault.
    Gone,
    /// The donor belongs to another session.
    OtherSession,
}

impl fmt::Display for DonorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Views { found } => {
                return write!(f, "expected 1 to {MAX_DONOR_VIEWS} photos, found {found}");
            }
            Self::NoFace => "expected a photo of a face, found none in it",
            Self::SeveralFaces => "expected a photo of one face, found several in it",
            Self::SmallFace => "expected a face of at least 64 pixels, found a smaller one",
            Self::TurnedAway => "expected a face that looks into the camera, found one that looks away",
            Self::Gone => "expected one that is there, found one that was wiped",
            Self::OtherSession => "expected one of this session, found another session's",
        })
    }
}

/// Who takes on the looks of which donor, by its key. It says nothing of who is there.
#[derive(Clone, Copy, Default)]
pub(crate) struct Donations {
    pub(crate) everyone: Option<u64>,
    pub(crate) slots: [Given; MAX_FACES],
}

/// What a slot was given.
#[derive(Clone, Copy, Default)]
pub(crate) enum Given {
    #[default]
    AsEveryone,
    Own(Option<u64>),
}

impl Donations {
    /// By slot.
    pub(crate) fn by_slot(&self) -> [Option<u64>; MAX_FACES] {
        self.slots.map(|given| match given {
            Given::AsEveryone => self.everyone,
            Given::Own(donor) => donor,
        })
    }

    /// Takes a donor away from all who have it.
    pub(crate) fn forget(&mut self, key: u64) {
        if self.everyone == Some(key) {
            self.everyone = None;
        }
        for given in &mut self.slots {
            if matches!(given, Given::Own(Some(own)) if *own == key) {
                *given = Given::Own(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_has_its_own_or_what_everyone_has() {
        let mut donations = Donations {
            everyone: Some(1),
            ..Donations::default()
        };
        donations.slots[2] = Given::Own(Some(2));
        donations.slots[3] = Given::Own(None);
        assert_eq!(donations.by_slot()[..4], [Some(1), Some(1), Some(2), None]);
        donations.forget(2);
        assert_eq!(donations.by_slot()[..4], [Some(1), Some(1), None, None]);
        donations.forget(1);
        assert_eq!(donations.by_slot(), [None; MAX_FACES]);
    }

    #[test]
    fn a_photo_is_zeroed_whatever_becomes_of_it() {
        let mut bytes = [7; 9];
        drop(DonorPicture::file(&mut bytes));
        assert_eq!(bytes, [0; 9]);
        let mut planes = [[7; 5]; 6];
        let layout = FrameLayout::packed(moretta_frame::FrameFormat::Rgba8, 1, 1);
        let many = DonorPicture::pixels(layout, planes.iter_mut().map(|plane| &mut plane[..]));
        assert!(many.is_err());
        drop(many);
        assert_eq!(planes, [[0; 5]; 6]);
    }
}
