//! Face memory that is filled outside of the face thread: pictures on their way in.

use crate::frame::{Frame, MAX_PLANES, Plane};
use crate::protection::{Backing, Policy, Purpose, RegionReport};
use crate::vault::Vault;
use crate::wipe::wipe;
use crate::{VeilError, os};
use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Memory in a vault of its own that a camera or a decoder fills, on any thread.
///
/// A handle: it holds no face, has no `Clone`, `Debug`, `Deref` or comparison, and its bytes are reached through a
/// [`Loan`] alone, one at a time. They are zeroed when the loan ends, or stay until they are wiped
/// ([`FrameStore::lend_kept`], [`Loan::keep`]).
///
/// Zeroed and unmapped on drop. [`wipe_all`](crate::wipe_all) zeroes what no loan holds at that moment, of forgotten
/// stores too, and what a loan holds is zeroed when that ends. [`Veil::protection`](crate::Veil::protection) lists
/// every store of the process as [`Purpose::Capture`].
///
/// ```
/// use moretta_veil::{Backing, FrameStore, Policy};
///
/// # fn main() -> Result<(), moretta_veil::VeilError> {
/// let mut store = FrameStore::new(640 * 480 * 4, Policy::BestEffort, Backing::Anonymous)?;
/// let mut loan = store.lend(640 * 480 * 4)?;
/// loan.bytes_mut().fill(128); // by a camera
/// let frame = loan.frame(&[0..640 * 480 * 4])?; // for `Veil::process` or `Veil::submit`
/// # drop(frame);
/// # Ok(())
/// # }
/// ```
pub struct FrameStore {
    /// Not dropped in a forked child, where the memory may not be mapped.
    room: ManuallyDrop<Arc<Room>>,
}

impl FrameStore {
    /// A store of `bytes` bytes, rounded up to whole pages, zeroed.
    ///
    /// # Errors
    /// [`VeilError::ZeroSize`], [`VeilError::TooLarge`], [`VeilError::Map`], and [`VeilError::Refused`] under
    /// [`Policy::Strict`]; [`VeilError::Forked`] in a child of a process that has had a veil or a store.
    pub fn new(bytes: usize, policy: Policy, backing: Backing) -> Result<FrameStore, VeilError> {
        if os::is_child() {
            return Err(VeilError::Forked);
        }
        let vault = Vault::new(Purpose::Capture, bytes, policy, backing)?;
        let room = Arc::new(Room {
            vault,
            state: Mutex::default(),
        });
        let mut all = rooms();
        all.retain(|room| room.strong_count() > 0);
        all.push(Arc::downgrade(&room));
        Ok(FrameStore {
            room: ManuallyDrop::new(room),
        })
    }

    /// Bytes, whole pages.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a store of no bytes cannot be made")]
    pub fn len(&self) -> usize {
        self.room.vault.len()
    }

    /// What protects this store.
    #[must_use]
    pub fn report(&self) -> RegionReport {
        self.room.vault.report()
    }

    /// Lends the first `len` bytes for one picture: the whole store is zero when the loan has ended.
    ///
    /// They are zero at first, but for what a [kept](FrameStore::lend_kept) loan or a
    /// [device](FrameStore::device_address) has left.
    ///
    /// # Errors
    /// [`VeilError::Forked`] in a forked child, which has no face memory.
    ///
    /// # Panics
    /// If `len` exceeds [`FrameStore::len`].
    pub fn lend(&mut self, len: usize) -> Result<Loan<'_>, VeilError> {
        self.start(len, false)
    }

    /// As [`FrameStore::lend`], for what is to stay: a still picture, an encoded clip.
    ///
    /// # Errors
    /// As [`FrameStore::lend`].
    ///
    /// # Panics
    /// As [`FrameStore::lend`].
    pub fn lend_kept(&mut self, len: usize) -> Result<Loan<'_>, VeilError> {
        self.start(len, true)
    }

    fn start(&mut self, len: usize, kept: bool) -> Result<Loan<'_>, VeilError> {
        assert!(len <= self.len(), "{len} bytes of a store of {}", self.len());
        if os::is_child() {
            return Err(VeilError::Forked);
        }
        let mut state = self.room.lock();
        if state.lent {
            // `&mut self`: that loan is gone, and was forgotten.
            state.used = self.room.vault.len();
            self.room.wipe(&mut state);
        }
        state.lent = true;
        state.wipe_wanted = false;
        Ok(Loan {
            room: &self.room,
            len,
            kept,
            used: state.used,
            borrow: PhantomData,
        })
    }

    /// Copies bytes from `at` on out of what is kept, as many as fit `into` and the store, and says how many;
    /// `None` if nothing is kept: it was wiped, or is lent at this moment.
    ///
    /// For decoders that read a file bit by bit.
    #[must_use]
    pub fn copy_kept(&self, at: usize, into: &mut [u8]) -> Option<usize> {
        if os::is_child() {
            return None;
        }
        let state = self.room.lock();
        if state.lent || state.used == 0 {
            return None;
        }
        let count = state.used.saturating_sub(at).min(into.len());
        if count > 0 {
            // SAFETY: `at` is below `used`, which is within the store.
            let from = unsafe { self.room.vault.base().add(at) };
            // SAFETY: `count` bytes from there on are within the store, apart from `into`, and nobody writes them
            // while the state is locked and no loan is out.
            unsafe { into.as_mut_ptr().copy_from_nonoverlapping(from.as_ptr(), count) };
        }
        Some(count)
    }

    /// Whether something is kept that was not wiped since.
    #[must_use]
    pub fn holds(&self) -> bool {
        !os::is_child() && self.room.lock().used > 0
    }

    /// Where a device that writes by itself, such as a camera's driver, may put a picture: [`FrameStore::len`] bytes
    /// at a page's start, for as long as this store lives and is not lent.
    ///
    /// The store counts as used throughout from here on, so that the next loan zeroes all of it, and so does
    /// [`wipe_all`](crate::wipe_all), which may take a picture from under the device. Nothing but a device may write
    /// there, and nothing may read there: that is what a loan is for.
    #[must_use]
    pub fn device_address(&mut self) -> NonNull<u8> {
        let mut state = self.room.lock();
        state.lent = false; // `&mut self`: a loan that is still out was forgotten
        state.used = self.room.vault.len();
        self.room.vault.base()
    }

    /// Zeroes what is kept.
    pub fn wipe(&mut self) {
        if !os::is_child() {
            let mut state = self.room.lock();
            state.lent = false; // `&mut self`: a loan that is still out was forgotten
            state.used = self.room.vault.len();
            self.room.wipe(&mut state);
        }
    }
}

impl Drop for FrameStore {
    fn drop(&mut self) {
        if !os::is_child() {
            // SAFETY: dropped here and nowhere else.
            unsafe { ManuallyDrop::drop(&mut self.room) };
        }
    }
}

/// Leave to reach the bytes of a [`FrameStore`], for one picture.
///
/// No `Clone`, `Debug`, `Deref`, comparison or conversion, as with all face memory. A loan that is forgotten
/// (`mem::forget`) is made up for when its store is lent again, wiped or dropped.
pub struct Loan<'a> {
    room: &'a Room,
    len: usize,
    kept: bool,
    /// Bytes from the store's start that may differ from zero.
    used: usize,
    /// Cells, so that one thread at a time has the loan.
    borrow: PhantomData<&'a mut [Cell<u8>]>,
}

impl Loan<'_> {
    /// What was lent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes of the vault, which the store keeps mapped. One loan is out at a time, writing needs
        // `&mut self`, and whoever wipes leaves alone what is lent.
        unsafe { std::slice::from_raw_parts(self.room.vault.base().as_ptr(), self.len) }
    }

    /// What was lent, to be filled.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.used = self.used.max(self.len);
        // SAFETY: as above; `&mut self` makes this the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.room.vault.base().as_ptr(), self.len) }
    }

    /// Ends the loan and lets its bytes stay, as if it had been [kept](FrameStore::lend_kept) from the start: for what is
    /// whole only at its end, so that a half of it is zeroed.
    pub fn keep(mut self) {
        self.kept = true;
    }

    /// The picture as a [`Frame`] whose planes lie at these places of the loan; they may overlap.
    ///
    /// It is [consumed](Frame::consumed): when the frame goes, all that was lent is zeroed. Of a
    /// [kept](FrameStore::lend_kept) picture it is [borrowed](Frame::borrowed).
    ///
    /// # Errors
    /// [`VeilError::Planes`] for none or more than [`MAX_PLANES`].
    ///
    /// # Panics
    /// If a place is not within the loan.
    pub fn frame(&mut self, planes: &[Range<usize>]) -> Result<Frame<'_>, VeilError> {
        if planes.is_empty() || planes.len() > MAX_PLANES {
            return Err(VeilError::Planes {
                found: planes.len(),
                max: MAX_PLANES,
            });
        }
        let mut places = [Plane::EMPTY; MAX_PLANES];
        for (place, range) in places.iter_mut().zip(planes) {
            let plane = &self.bytes()[range.clone()];
            *place = Plane {
                // From the vault's own pointer, as the frame will write there.
                // SAFETY: the slice lies within the vault, from `range.start` on.
                start: unsafe { self.room.vault.base().add(range.start) },
                len: plane.len(),
            };
        }
        let whole = Plane {
            start: self.room.vault.base(),
            len: self.used,
        };
        Ok(Frame::lent(
            places,
            planes.len(),
            (!self.kept).then_some((whole, &mut self.used)),
        ))
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        if os::is_child() {
            return; // zeros, or not there at all
        }
        let mut state = self.room.lock();
        state.lent = false;
        state.used = self.used;
        if !self.kept || state.wipe_wanted {
            self.room.wipe(&mut state);
        }
    }
}

/// A store's memory, and who may touch it.
struct Room {
    vault: Vault,
    state: Mutex<State>,
}

// SAFETY: the vault's bytes are touched by the one loan that is out, and while none is, by whoever holds the lock on
// the state.
unsafe impl Sync for Room {}

#[derive(Default)]
struct State {
    /// Bytes from the start that may differ from zero, while no loan is out.
    used: usize,
    lent: bool,
    /// A wipe came while a loan was out.
    wipe_wanted: bool,
}

impl Room {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nobody's code but ours runs under this lock, so a poisoned one is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Zeroes what is used. Only while no loan is out, which the locked state tells.
    fn wipe(&self, state: &mut State) {
        // SAFETY: within the vault, and no loan is out. A device that writes there meanwhile writes as it would to
        // memory that was zero before.
        unsafe { wipe(self.vault.base().as_ptr(), state.used) };
        state.used = 0;
    }

    fn wipe_or_note(&self) {
        let mut state = self.lock();
        if state.lent {
            state.wipe_wanted = true;
        } else {
            self.wipe(&mut state);
        }
    }
}

static ROOMS: Mutex<Vec<Weak<Room>>> = Mutex::new(Vec::new());

fn rooms() -> MutexGuard<'static, Vec<Weak<Room>>> {
    ROOMS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every store of the process. Copied out first: a room may be dropped by whoever holds it last, here for instance.
fn all() -> Vec<Arc<Room>> {
    rooms().iter().filter_map(Weak::upgrade).collect()
}

/// Zeroes what every store of the process keeps, but for what is lent, which is zeroed when that ends.
pub(crate) fn wipe_all() {
    all().iter().for_each(|room| room.wipe_or_note());
}

/// What protects the stores of the process.
pub(crate) fn reports() -> Vec<RegionReport> {
    if os::is_child() {
        return Vec::new(); // there are none, and the list may be locked by a thread that is not here
    }
    all().iter().map(|room| room.vault.report()).collect()
}

#[cfg(test)]
mod tests;
