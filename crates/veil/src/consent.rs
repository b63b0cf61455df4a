//! Without a person's consent no face is looked at.

use crate::live::Live;
use crate::os;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The age band that a person *stated*. Nothing here ever estimates one.
#[derive(PartialEq, Eq)]
pub enum AgeBand {
    /// Fourteen or older: their own consent counts.
    From14,
    /// Younger than fourteen: a guardian must consent.
    Under14(GuardianConsent),
}

/// A guardian's consent for a child under fourteen.
///
/// Minted by the part of the app that asked the guardian, and by nothing else.
#[derive(PartialEq, Eq)]
pub struct GuardianConsent(());

impl GuardianConsent {
    /// States that a guardian was asked and consented.
    #[must_use]
    pub fn given() -> GuardianConsent {
        GuardianConsent(())
    }
}

/// A person's consent to have faces recognised for rendering the scene, and for nothing else.
///
/// Off until given: no [`Veil`](crate::Veil) is made without one. Minted by the app's user interface when the
/// person agrees, and by nothing else. It cannot be cloned, stored or restored: asking again at the next start is
/// the app's duty.
pub struct Consent {
    shared: Arc<Shared>,
}

/// Takes a [`Consent`] back, from any thread, as often as one likes.
#[derive(Clone)]
pub struct Revocation {
    shared: Arc<Shared>,
}

struct Shared {
    revoked: AtomicBool,
    veils: Mutex<Vec<Weak<dyn Live>>>,
}

impl Consent {
    /// The person, of this age band, agreed.
    #[must_use]
    pub fn given(age: AgeBand) -> Consent {
        // That the band was stated is the point, and that a child's carries a guardian's consent. Keeping it
        // would be keeping a fact about a person.
        let (AgeBand::From14 | AgeBand::Under14(GuardianConsent(()))) = age;
        Consent {
            shared: Arc::new(Shared {
                revoked: AtomicBool::new(false),
                veils: Mutex::new(Vec::new()),
            }),
        }
    }

    /// The handle that takes this consent back.
    #[must_use]
    pub fn revocation(&self) -> Revocation {
        Revocation {
            shared: Arc::clone(&self.shared),
        }
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.shared.revoked.load(Ordering::SeqCst)
    }

    /// Lets a revocation reach `veil`. Returns false if it came first.
    pub(crate) fn cover(&self, veil: Weak<dyn Live>) -> bool {
        let mut veils = self.shared.veils.lock().unwrap_or_else(PoisonError::into_inner);
        veils.retain(|v| v.strong_count() > 0);
        veils.push(veil);
        drop(veils);
        // After the push: a revocation that ran before it is seen here, one that runs after it sees the veil.
        !self.is_revoked()
    }
}

impl Revocation {
    /// Takes the consent back: every veil under it wipes all it holds, ends its face thread and answers
    /// [`VeilError::Revoked`](crate::VeilError::Revoked) from now on. Returns when that is done.
    ///
    /// Called on a face thread it returns at once, and that veil is wiped when its frame ends.
    pub fn revoke(&self) {
        self.shared.revoked.store(true, Ordering::SeqCst);
        if os::is_child() {
            return; // a child sees no face; and the list may be locked by a thread that is not here
        }
        // Not taken out: a second revocation waits for the same veils as the first.
        let veils = self
            .shared
            .veils
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for veil in veils.iter().filter_map(Weak::upgrade) {
            veil.revoke();
        }
    }

    /// Whether the consent was taken back.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.shared.revoked.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    /// Counts what reaches it.
    #[derive(Default)]
    struct Counter {
        wipes: AtomicUsize,
        revocations: AtomicUsize,
    }

    impl Live for Counter {
        fn wipe(&self) {
            self.wipes.fetch_add(1, Ordering::SeqCst);
        }

        fn revoke(&self) {
            self.revocations.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn covered(consent: &Consent) -> (Arc<Counter>, bool) {
        let veil = Arc::new(Counter::default());
        let weak: Weak<Counter> = Arc::downgrade(&veil);
        let covered = consent.cover(weak);
        (veil, covered)
    }

    #[test]
    fn revocation_reaches_the_veils_that_are_left() {
        let consent = Consent::given(AgeBand::From14);
        let ((first, _), (gone, _), (other, _)) = (
            covered(&consent),
            covered(&consent),
            covered(&Consent::given(AgeBand::From14)),
        );
        drop(gone);
        let revocation = consent.revocation();
        assert!(!revocation.is_revoked() && !consent.is_revoked());
        assert_eq!(first.revocations.load(Ordering::SeqCst), 0);
        revocation.clone().revoke();
        assert!(revocation.is_revoked() && consent.is_revoked());
        assert!(first.revocations.load(Ordering::SeqCst) >= 1);
        assert_eq!(
            other.revocations.load(Ordering::SeqCst),
            0,
            "another person's consent stands"
        );
        assert_eq!(
            first.wipes.load(Ordering::SeqCst),
            0,
            "a revocation is more than a wipe"
        );
    }

    #[test]
    fn a_veil_that_comes_too_late_is_told() {
        let consent = Consent::given(AgeBand::Under14(GuardianConsent::given()));
        assert!(covered(&consent).1);
        consent.revocation().revoke();
        assert!(!covered(&consent).1);
    }

    #[test]
    fn veils_that_are_gone_are_forgotten() {
        let consent = Consent::given(AgeBand::From14);
        for _ in 0..100 {
            drop(covered(&consent));
        }
        let (_kept, _) = covered(&consent);
        assert_eq!(consent.shared.veils.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_revocation_does_not_need_its_consent() {
        let revocation = Consent::given(AgeBand::From14).revocation();
        revocation.revoke();
        assert!(revocation.is_revoked());
    }
}
