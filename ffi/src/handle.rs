//! Handles: numbers that look like pointers and are never followed.
//!
//! A handle is looked up in the list of what is alive, and no number is given out twice, so that one that was destroyed,
//! one of another kind, and one that is made up are told from a live one and cannot do any harm.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Fault;

/// A session's handle is one of these.
pub(crate) enum Session {}

/// An effect's handle is one of these.
pub(crate) enum Effect {}

/// A donor's handle is one of these.
pub(crate) enum Donor {}

/// A handle of a `T`; 0 is none.
#[repr(transparent)]
pub(crate) struct Handle<T> {
    number: usize,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({:#x})", self.number)
    }
}

impl<T> Handle<T> {
    /// None.
    pub(crate) const NULL: Self = Self::of(0);

    pub(crate) const fn of(number: usize) -> Self {
        Self {
            number,
            of: PhantomData,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        self.number == 0
    }
}

/// What a handle's lowest bits say. They are odd, as no address of anything large is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Kind {
    Session = 3,
    Effect = 5,
    Donor = 7,
}

const KIND_BITS: u32 = 3;

/// Counts what was made, of every kind.
static MADE: AtomicUsize = AtomicUsize::new(1);

/// What is alive of a kind, by number.
pub(crate) struct Registry<T, V> {
    kind: Kind,
    /// What a person calls it.
    what: &'static str,
    live: Mutex<BTreeMap<usize, Arc<V>>>,
    of: PhantomData<fn() -> T>,
}

impl<T, V> Registry<T, V> {
    pub(crate) const fn new(kind: Kind, what: &'static str) -> Self {
        Self {
            kind,
            what,
            live: Mutex::new(BTreeMap::new()),
            of: PhantomData,
        }
    }

    /// Gives `value` a handle.
    pub(crate) fn add(&self, value: V) -> Handle<T> {
        let number = (MADE.fetch_add(1, Ordering::Relaxed) << KIND_BITS) | self.kind as usize;
        self.lock().insert(number, Arc::new(value));
        Handle::of(number)
    }

    /// What the handle is of.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Handle`].
    pub(crate) fn find(&self, handle: Handle<T>) -> Result<Arc<V>, Fault> {
        let found = self.lock().get(&handle.number).map(Arc::clone);
        found.ok_or_else(|| self.missing(handle))
    }

    /// Forgets the handle, and gives what it was of; nothing for none.
    ///
    /// # Errors
    /// [`Fault::Handle`].
    pub(crate) fn remove(&self, handle: Handle<T>) -> Result<Option<Arc<V>>, Fault> {
        if handle.is_null() {
            return Ok(None);
        }
        let found = self.lock().remove(&handle.number);
        found.map(Some).ok_or_else(|| self.missing(handle))
    }

    /// Why there is nothing of this handle.
    fn missing(&self, handle: Handle<T>) -> Fault {
        if handle.is_null() {
            return Fault::Null { what: self.what };
        }
        let tag = handle.number & ((1 << KIND_BITS) - 1);
        let made =
            (handle.number >> KIND_BITS) < MADE.load(Ordering::Relaxed) && handle.number >> KIND_BITS > 0;
        let is = |kind: Kind| tag == kind as usize;
        Fault::Handle {
            what: self.what,
            found: match (
                made,
                is(self.kind),
                is(Kind::Session) || is(Kind::Effect) || is(Kind::Donor),
            ) {
                (true, true, _) => "destroyed",
                (true, false, true) => "of another kind",
                _ => "none of Moretta's",
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Arc<V>>> {
        // Nothing of ours panics under this lock.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<V>(result: Result<V, Fault>) -> String {
        result.map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn only_what_is_alive_and_of_the_kind_is_found() {
        static SESSIONS: Registry<Session, u8> = Registry::new(Kind::Session, "the session");
        static EFFECTS: Registry<Effect, u8> = Registry::new(Kind::Effect, "the effect");
        let (session, effect) = (SESSIONS.add(1), EFFECTS.add(2));
        assert_eq!(
            (*SESSIONS.find(session).unwrap(), *EFFECTS.find(effect).unwrap()),
            (1, 2)
        );

        assert!(text(SESSIONS.find(Handle::of(effect.number))).ends_with("of another kind"));
        assert!(text(SESSIONS.find(Handle::NULL)).ends_with("found NULL"));
        for strange in [1, 2, 16, 0x7fff_1234_5678, usize::MAX, session.number + (1 << 40)] {
            assert!(
                text(SESSIONS.find(Handle::of(strange))).ends_with("none of Moretta's"),
                "{strange}"
            );
        }

        assert_eq!(SESSIONS.remove(session).unwrap().as_deref(), Some(&1));
        assert!(text(SESSIONS.find(session)).ends_with("destroyed"));
        assert!(text(SESSIONS.remove(session)).ends_with("destroyed"));
        assert!(SESSIONS.remove(Handle::NULL).unwrap().is_none(), "as free does");
        assert!(SESSIONS.add(3) != session, "no number is given out twice");
    }
}
