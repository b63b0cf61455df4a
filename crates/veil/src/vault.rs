//! One mapping of face memory between two guard pages, with every protection the system grants.

use crate::VeilError;
use crate::os;
use crate::protection::{Backing, Guard, Held, Policy, Purpose, RegionReport};
use crate::wipe::wipe;
use std::io;
use std::ptr::NonNull;

/// Memory for face data: zero at first, zeroed and unmapped on drop.
///
/// 1. Reserve the pages asked for and one guard page on either side, inaccessible.
/// 2. Open the inner pages, on secret memory if wanted.
/// 3. Lock, exclude from dumps, exclude from children; write down what took hold.
/// 4. Under [`Policy::Strict`], give everything back if an offered protection did not.
pub(crate) struct Vault {
    reservation: NonNull<u8>,
    reserved: usize,
    base: NonNull<u8>,
    /// Whether the inner pages may be written.
    open: bool,
    report: RegionReport,
}

// SAFETY: plain memory that this value owns.
unsafe impl Send for Vault {}

impl Vault {
    /// `len` bytes, rounded up to whole pages.
    pub(crate) fn new(
        purpose: Purpose,
        len: usize,
        policy: Policy,
        backing: Backing,
    ) -> Result<Vault, VeilError> {
        if len == 0 {
            return Err(VeilError::ZeroSize { purpose });
        }
        let page = os::page_size();
        let bytes = len.checked_next_multiple_of(page);
        let reserved = bytes
            .and_then(|b| b.checked_add(2 * page))
            .filter(|&r| isize::try_from(r).is_ok());
        let (Some(bytes), Some(reserved)) = (bytes, reserved) else {
            return Err(VeilError::TooLarge {
                purpose,
                count: len,
                size: 1,
            });
        };

        let map_error = |source| VeilError::Map {
            purpose,
            bytes,
            source,
        };
        let reservation = os::reserve(reserved).map_err(map_error)?;
        // SAFETY: one page into a reservation that is at least three pages long.
        let base = unsafe { reservation.add(page) };
        let report = RegionReport {
            purpose,
            bytes,
            locked: Held::NotOffered,
            no_dump: Held::NotOffered,
            no_fork: Held::NotOffered,
            secret: Held::NotAsked,
        };
        // From here on dropping `vault` gives the reservation back.
        let mut vault = Vault {
            reservation,
            reserved,
            base,
            open: false,
            report,
        };

        let judge = |guard, offer: os::Offer| match offer {
            None => Ok(Held::NotOffered),
            Some(Ok(())) => Ok(Held::Yes),
            Some(Err(source)) if policy == Policy::Strict => Err(VeilError::Refused {
                purpose,
                guard,
                bytes,
                source,
            }),
            Some(Err(source)) => Ok(Held::Refused(source.raw_os_error().unwrap_or_default())),
        };
        if backing == Backing::Secret {
            let offer =
                os::commit_secret(base, bytes).unwrap_or_else(|| Err(io::ErrorKind::Unsupported.into()));
            vault.report.secret = judge(Guard::Secret, Some(offer))?;
        }
        let got = if vault.report.secret == Held::Yes {
            Backing::Secret
        } else {
            Backing::Anonymous
        };
        if got == Backing::Anonymous {
            os::commit(base, bytes).map_err(map_error)?;
        }
        vault.open = true;
        vault.report.locked = match got {
            Backing::Secret => Held::Yes, // secret pages are not evictable, by construction
            Backing::Anonymous => judge(Guard::Lock, os::lock(base, bytes))?,
        };
        vault.report.no_dump = judge(Guard::NoDump, os::exclude_from_dump(base, bytes))?;
        vault.report.no_fork = judge(Guard::NoFork, os::exclude_from_fork(base, bytes, got))?;
        Ok(vault)
    }

    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Bytes, whole pages.
    pub(crate) fn len(&self) -> usize {
        self.report.bytes
    }

    pub(crate) fn report(&self) -> RegionReport {
        self.report
    }

    pub(crate) fn backing(&self) -> Backing {
        if self.report.secret == Held::Yes {
            Backing::Secret
        } else {
            Backing::Anonymous
        }
    }

    /// Zeroes the first `len` bytes.
    ///
    /// # Safety
    /// No reference into the vault may be alive, and no thread may run on it.
    pub(crate) unsafe fn wipe(&self, len: usize) {
        // SAFETY: inside the mapping; the caller vouches for the rest.
        unsafe { wipe(self.base.as_ptr(), len.min(self.report.bytes)) };
    }

    /// Never unmaps: for memory that may be freed as late as the process's last breath.
    pub(crate) fn leak(self) -> RegionReport {
        let report = self.report;
        std::mem::forget(self);
        report
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        if self.open {
            // SAFETY: writable, and owned by this value that goes away.
            unsafe { self.wipe(self.report.bytes) };
            os::unguard(self.base, self.report.bytes);
        }
        // SAFETY: the whole reservation, owned by this value that goes away.
        unsafe { os::release(self.reservation, self.reserved) };
    }
}
