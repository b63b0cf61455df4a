//! One mapping of face memory between two guard pages, with every protection the system grants.

use crate::VeilError;
use crate::os;
use crate::protection::{Backing, Guard, Held, Policy, Purpose, RegionReport};
use crate::wipe::wipe;
use std::io;
use std::ptr::NonNull;

/// Memory for face data: zero at first, zeroed and unmapped on drop.
///
/// 1. Reserve the pages asked for and one guard page on either side, inaccessible, on secret memory if wanted.
/// 2. Open the inner pages.
/// 3. Lock, exclude from dumps, exclude from children; write down what took hold.
/// 4. Under [`Policy::Strict`], give everything back if an offered protection did not.
pub(crate) struct Vault {
    reservation: NonNull<u8>,
    reserved: usize,
    base: NonNull<u8>,
    /// Whether it was ever handed out, so that there may be something to wipe.
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
        let (got, secret, reservation) = match backing {
            Backing::Anonymous => (Backing::Anonymous, Held::NotAsked, None),
            Backing::Secret => {
                let offer =
                    os::reserve_secret(reserved).unwrap_or_else(|| Err(io::ErrorKind::Unsupported.into()));
                let (at, offer) = match offer {
                    Ok(at) => (Some(at), Ok(())),
                    Err(source) => (None, Err(source)),
                };
                let got = if at.is_some() {
                    Backing::Secret
                } else {
                    Backing::Anonymous
                };
                (got, judge(Guard::Secret, Some(offer))?, at)
            }
        };
        let reservation = match reservation {
            Some(at) => at,
            None => os::reserve(reserved).map_err(map_error)?,
        };
        // SAFETY: one page into a reservation that is at least three pages long.
        let base = unsafe { reservation.add(page) };
        let report = RegionReport {
            purpose,
            bytes,
            locked: Held::NotOffered,
            no_dump: Held::NotOffered,
            no_fork: Held::NotOffered,
            secret,
        };
        // From here on dropping `vault` gives the reservation back.
        let mut vault = Vault {
            reservation,
            reserved,
            base,
            open: false,
            report,
        };
        os::commit(base, bytes).map_err(map_error)?;
        vault.report.locked = match got {
            Backing::Secret => Held::Yes, // secret pages are not evictable, by construction
            Backing::Anonymous => judge(Guard::Lock, os::lock(base, bytes))?,
        };
        vault.report.no_dump = judge(Guard::NoDump, os::exclude_from_dump(base, bytes))?;
        vault.report.no_fork = judge(Guard::NoFork, os::exclude_from_fork(base, bytes, got))?;
        vault.open = true; // only now: giving refused memory back must not touch, and so take, all of it
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
            // SAFETY: owned by this value that goes away.
            unsafe { self.wipe(self.report.bytes) };
        }
        os::unguard(self.base, self.report.bytes);
        // SAFETY: the whole reservation, owned by this value that goes away.
        unsafe { os::release(self.reservation, self.reserved) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(len: usize) -> Result<Vault, VeilError> {
        Vault::new(Purpose::Frame, len, Policy::BestEffort, Backing::Anonymous)
    }

    /// The vault's content. Nothing else refers to it while the slice is alive.
    fn content(vault: &mut Vault) -> &mut [u8] {
        let (base, len) = (vault.base().as_ptr(), vault.len());
        // SAFETY: open memory that `vault`, borrowed mutably, owns.
        unsafe { std::slice::from_raw_parts_mut(base, len) }
    }

    #[test]
    fn whole_pages_zero_at_first() {
        let page = os::page_size();
        for (len, bytes) in [
            (1, page),
            (page - 1, page),
            (page, page),
            (page + 1, 2 * page),
            (100 * page, 100 * page),
        ] {
            let mut vault = vault(len).unwrap();
            assert_eq!(vault.len(), bytes, "{len}");
            assert_eq!(vault.report().bytes, bytes);
            assert_eq!(vault.base().addr().get() % page, 0);
            assert!(content(&mut vault).iter().all(|&b| b == 0));
            content(&mut vault).fill(0xA5);
        }
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        assert!(matches!(vault(0), Err(VeilError::ZeroSize { .. })));
        let page = os::page_size();
        for len in [
            usize::MAX,
            usize::MAX - page,
            usize::MAX - 3 * page,
            isize::MAX as usize,
        ] {
            assert!(
                matches!(vault(len), Err(VeilError::TooLarge { count, size: 1, .. }) if count == len),
                "{len}"
            );
        }
        assert!(matches!(vault(1 << 55), Err(VeilError::Map { .. })));
    }

    #[test]
    fn a_wipe_ends_where_it_is_told_to() {
        let mut vault = vault(100).unwrap();
        content(&mut vault).fill(0xA5);
        // SAFETY: nothing refers to it.
        unsafe { vault.wipe(10) };
        let (wiped, rest) = content(&mut vault).split_at(10);
        assert!(wiped.iter().all(|&b| b == 0) && rest.iter().all(|&b| b == 0xA5));
        // SAFETY: as above. More than there is means all there is.
        unsafe { vault.wipe(usize::MAX) };
        assert!(content(&mut vault).iter().all(|&b| b == 0));
    }

    /// Whether the page at `at` is mapped.
    #[cfg(target_os = "linux")]
    fn is_mapped(at: usize) -> bool {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let hex = |text| usize::from_str_radix(text, 16).unwrap();
        maps.lines()
            .filter_map(|line| line.split(' ').next()?.split_once('-'))
            .any(|(start, end)| (hex(start)..hex(end)).contains(&at))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_dropped_vault_is_unmapped_and_a_leaked_one_is_not() {
        // Large and of an odd size, so that no other thread's mapping comes to lie in its middle at once.
        let len = 1237 * os::page_size();
        let middle = |v: &Vault| v.base().addr().get() + len / 2;
        let leaked = vault(len).unwrap();
        let (at, report) = (middle(&leaked), leaked.report());
        assert_eq!(leaked.leak(), report);
        assert!(is_mapped(at));
        let dropped = vault(len).unwrap();
        let at = middle(&dropped);
        assert!(is_mapped(at), "control");
        drop(dropped);
        assert!(!is_mapped(at));
    }

    #[test]
    fn the_report_names_what_was_asked() {
        let report = Vault::new(Purpose::Queue, 1, Policy::BestEffort, Backing::Anonymous)
            .unwrap()
            .report();
        assert_eq!((report.purpose, report.secret), (Purpose::Queue, Held::NotAsked));
        let secret = Vault::new(Purpose::Queue, 1, Policy::BestEffort, Backing::Secret).unwrap();
        let held = secret.report().secret;
        assert_ne!(held, Held::NotAsked);
        assert_eq!(secret.backing() == Backing::Secret, held == Held::Yes);
    }
}
