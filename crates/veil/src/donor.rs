//! Donors: pictures that an app gives up for good, and the names of what is made of them.
//!
//! A donor outlasts the call that brings it, so the app needs a name for it. That is all that it gets.

use crate::VeilError;
use crate::frame::Frame;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A picture that the app gives up: as a [`Frame`] that is consumed for certain.
///
/// Its memory is zeroed when this value goes, or the frame that it becomes, which is before a call that takes it returns.
/// It has no `Clone`, `Debug` of content, `Deref` or conversion but the one into a frame.
pub struct GivenUp<'a> {
    frame: Frame<'a>,
}

impl<'a> GivenUp<'a> {
    /// Of one plane, such as a file.
    #[must_use]
    pub fn one(bytes: &'a mut [u8]) -> GivenUp<'a> {
        GivenUp {
            // One is not too many.
            frame: Frame::consumed([bytes]).unwrap_or_else(|_| Frame::none()),
        }
    }

    /// Of several planes.
    ///
    /// # Errors
    /// [`VeilError::Planes`] for none or more than [`MAX_PLANES`](crate::MAX_PLANES); the planes are zeroed then too.
    pub fn planes(planes: impl IntoIterator<Item = &'a mut [u8]>) -> Result<GivenUp<'a>, VeilError> {
        Ok(GivenUp {
            frame: Frame::consumed(planes)?,
        })
    }

    /// To be handed to [`Veil::process`](crate::Veil::process).
    #[must_use]
    pub fn into_frame(self) -> Frame<'a> {
        self.frame
    }
}

/// A donor's name: a face of a picture whose looks faces may take on.
///
/// It holds nothing of a face, and has no `Clone`, no comparison, no number that can be read, and nothing to ask but whether
/// the donor is there. The donor is wiped by the call that takes the name back; with a pause,
/// [`wipe_all`](crate::wipe_all), a fault, a revoked consent or the end of its veil. Dropped, it is wiped before the veil's
/// next request is dealt with. Forgotten (`mem::forget`), it lasts until one of the others.
pub struct Donor {
    life: Arc<Life>,
}

impl Donor {
    /// Whether it is still there. It says nothing of the picture.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.life.ended.load(Ordering::Acquire)
    }
}

impl Drop for Donor {
    fn drop(&mut self) {
        self.life.dropped.store(true, Ordering::Release);
    }
}

/// The name and no number.
impl fmt::Debug for Donor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Donor(..)")
    }
}

/// The pipeline's side of a [`Donor`]: for whoever keeps what is made of the picture.
#[derive(Clone)]
pub struct Tenure {
    life: Arc<Life>,
}

struct Life {
    key: u64,
    /// The app has let go of the name.
    dropped: AtomicBool,
    /// The pipeline has wiped the donor.
    ended: AtomicBool,
}

impl Tenure {
    /// A donor that is about to be made, and its name.
    #[must_use]
    pub fn begin() -> (Tenure, Donor) {
        static KEYS: AtomicU64 = AtomicU64::new(1);
        let life = Arc::new(Life {
            key: KEYS.fetch_add(1, Ordering::Relaxed),
            dropped: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let donor = Donor {
            life: Arc::clone(&life),
        };
        (Tenure { life }, donor)
    }

    /// That of the donor of this name.
    #[must_use]
    pub fn of(donor: &Donor) -> Tenure {
        Tenure {
            life: Arc::clone(&donor.life),
        }
    }

    /// A number that no other donor of this process has.
    #[must_use]
    pub fn key(&self) -> u64 {
        self.life.key
    }

    /// Whether the app has let go of the name, so that the donor is to be wiped.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.life.dropped.load(Ordering::Acquire)
    }

    /// Says that the donor is wiped, or about to be before the call under way returns.
    pub fn end(&self) {
        self.life.ended.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_name_says_so_and_shows_nothing() {
        let (tenure, donor) = Tenure::begin();
        assert_eq!(format!("{donor:?}"), "Donor(..)");
        assert!(donor.is_there() && !tenure.is_dropped(), "the control");
        assert_eq!(Tenure::of(&donor).key(), tenure.key());
        assert_ne!(Tenure::begin().0.key(), tenure.key());
        drop(donor);
        assert!(tenure.is_dropped());
    }

    #[test]
    fn an_ended_donor_is_not_there() {
        let (tenure, donor) = Tenure::begin();
        tenure.clone().end();
        assert!(!donor.is_there());
    }

    #[test]
    fn what_is_given_up_is_zeroed_on_every_path() {
        let mut bytes = [7; 9];
        drop(GivenUp::one(&mut bytes));
        assert_eq!(bytes, [0; 9]);
        let mut planes = [[7u8; 5]; 6];
        assert!(GivenUp::planes(planes.iter_mut().map(|plane| &mut plane[..])).is_err());
        assert_eq!(planes, [[0; 5]; 6]);
        let mut pair = [[7u8; 5]; 2];
        let frame = GivenUp::planes(pair.iter_mut().map(|plane| &mut plane[..])).map(GivenUp::into_frame);
        assert_eq!(frame.unwrap().planes().len(), 2);
        assert_eq!(pair, [[0; 5]; 2]);
    }
}
