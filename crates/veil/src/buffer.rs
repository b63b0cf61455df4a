//! Typed face memory, and the only way to its bytes.

use crate::VeilError;
use crate::protection::{Backing, Policy, Purpose, RegionReport};
use crate::vault::Vault;
use bytemuck::Pod;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a [`FaceBuffer`]'s content lives. Every kind is also wiped by pause, [`wipe_all`](crate::wipe_all),
/// revocation, a panic and the end of the veil.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// Until the frame ends: crops, tensors, landmarks, registers.
    Frame,
    /// Until a frame shows no face: filters, springs, latches, tracks.
    Track,
    /// Until the buffer is dropped: donor pictures.
    Session,
}

/// `len` elements of face data in a vault of their own.
///
/// A handle: it says where the bytes are and holds none of them, so forgetting it forgets no wipe. The bytes are
/// reached through an [`Access`] alone, which the veil lends to a [`Pipeline`](crate::Pipeline) for one call. There is
/// no `Clone`, `Debug`, `Deref`, comparison, hash or conversion of any kind. The content is zero at first and after
/// each wipe; [`Pod`] makes that, and any other content, a valid value.
pub struct FaceBuffer<T: Pod> {
    region: Rc<Region>,
    registry: Rc<Registry>,
    len: usize,
    /// Neither `Send` nor `Sync`: it belongs to its face thread.
    element: PhantomData<*mut T>,
}

/// Leave to reach face memory, lent by the veil to the pipeline for one call on the face thread.
pub struct Access<'f> {
    registry: &'f Rc<Registry>,
}

impl Access<'_> {
    /// Makes a buffer; see [`Reserve::reserve`]. In a steady state there is no need to: it makes system calls.
    ///
    /// # Errors
    /// As [`Reserve::reserve`].
    pub fn reserve<T: Pod>(&self, keep: Keep, len: usize) -> Result<FaceBuffer<T>, VeilError> {
        self.registry.reserve(keep, len)
    }
}

/// Leave to make face memory, and not to reach it: lent to whoever builds a pipeline, before there is a face.
pub struct Reserve<'f> {
    registry: &'f Rc<Registry>,
}

impl Reserve<'_> {
    /// Makes a buffer of `len` elements, zeroed.
    ///
    /// Small buffers first: where the system locks only little memory (Android: 64 KiB) the first ones get it.
    ///
    /// # Errors
    /// [`VeilError::ZeroSize`], [`VeilError::TooLarge`], [`VeilError::Map`], and [`VeilError::Refused`] under
    /// [`Policy::Strict`].
    pub fn reserve<T: Pod>(&self, keep: Keep, len: usize) -> Result<FaceBuffer<T>, VeilError> {
        self.registry.reserve(keep, len)
    }
}

impl<T: Pod> FaceBuffer<T> {
    /// Elements.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "a buffer of no elements cannot be made"
    )]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Reads the whole buffer.
    ///
    /// # Panics
    /// If `access` was lent by another veil.
    pub fn view<'a>(&'a self, access: &'a Access<'_>) -> &'a [T] {
        self.check(access);
        // SAFETY: `len` elements lie in the vault, which `self` keeps mapped; page alignment is enough for `T`
        // (checked below) and any bytes are a `T`. Writers need `&mut self`; the veil's wiping needs the end of the
        // call that `access` was lent for.
        unsafe { std::slice::from_raw_parts(self.region.vault.base().cast().as_ptr(), self.len) }
    }

    /// Writes the whole buffer.
    ///
    /// # Panics
    /// If `access` was lent by another veil.
    pub fn view_mut<'a>(&'a mut self, access: &'a Access<'_>) -> &'a mut [T] {
        self.first_mut(self.len, access)
    }

    /// Writes the first `n` elements. What was never lent for writing need not be wiped: a small picture in a large
    /// buffer costs little.
    ///
    /// # Panics
    /// If `n` exceeds [`FaceBuffer::len`], or `access` was lent by another veil.
    pub fn first_mut<'a>(&'a mut self, n: usize, access: &'a Access<'_>) -> &'a mut [T] {
        self.check(access);
        assert!(n <= self.len, "{n} elements of a buffer of {}", self.len);
        let used = &self.region.used;
        used.set(used.get().max(n * size_of::<T>()));
        // SAFETY: as in `view`; `&mut self` makes this the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.region.vault.base().cast().as_ptr(), n) }
    }

    fn check(&self, access: &Access<'_>) {
        const {
            assert!(
                align_of::<T>() <= 4096,
                "the vault aligns to a page of at least 4096 bytes"
            );
        };
        assert!(
            Rc::ptr_eq(&self.registry, access.registry),
            "a face buffer of another veil"
        );
    }
}

impl<T: Pod> Drop for FaceBuffer<T> {
    fn drop(&mut self) {
        self.registry.remove(&self.region);
    }
}

/// One buffer's memory. Owned by the registry and its handle: whichever lives longer.
struct Region {
    vault: Vault,
    keep: Keep,
    /// Bytes from the start that may differ from zero.
    used: Cell<usize>,
}

impl Region {
    /// # Safety
    /// No reference into the region may be alive.
    unsafe fn wipe(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.vault.wipe(self.used.take()) };
    }
}

/// All buffers of one face thread.
pub(crate) struct Registry {
    regions: RefCell<Vec<Rc<Region>>>,
    policy: Policy,
    backing: Backing,
    reports: Arc<Reports>,
}

impl Registry {
    pub(crate) fn new(policy: Policy, backing: Backing, reports: Arc<Reports>) -> Rc<Registry> {
        Rc::new(Registry {
            regions: RefCell::new(Vec::new()),
            policy,
            backing,
            reports,
        })
    }

    /// Lends access for one call.
    pub(crate) fn lend(self: &Rc<Registry>) -> Access<'_> {
        Access { registry: self }
    }

    /// Lends leave to make buffers.
    pub(crate) fn lend_room(self: &Rc<Registry>) -> Reserve<'_> {
        Reserve { registry: self }
    }

    fn reserve<T: Pod>(self: &Rc<Registry>, keep: Keep, len: usize) -> Result<FaceBuffer<T>, VeilError> {
        let purpose = match keep {
            Keep::Frame => Purpose::Frame,
            Keep::Track => Purpose::Track,
            Keep::Session => Purpose::Session,
        };
        let size = size_of::<T>();
        let bytes = len.checked_mul(size).ok_or(VeilError::TooLarge {
            purpose,
            count: len,
            size,
        })?;
        let vault = Vault::new(purpose, bytes, self.policy, self.backing)?;
        self.reports.add(vault.report());
        let region = Rc::new(Region {
            vault,
            keep,
            used: Cell::new(0),
        });
        self.regions.borrow_mut().push(Rc::clone(&region));
        Ok(FaceBuffer {
            region,
            registry: Rc::clone(self),
            len,
            element: PhantomData,
        })
    }

    /// Wipes the buffers that `which` names.
    ///
    /// # Safety
    /// No access is lent: so no reference into a buffer is alive.
    pub(crate) unsafe fn wipe(&self, which: impl Fn(Keep) -> bool) {
        for region in self.regions.borrow().iter().filter(|r| which(r.keep)) {
            // SAFETY: the caller's promise.
            unsafe { region.wipe() };
        }
    }

    /// Wipes every buffer and lets go of it: the end of the face thread. What a forgotten handle keeps mapped is
    /// zero.
    ///
    /// # Safety
    /// As for [`Registry::wipe`].
    pub(crate) unsafe fn close(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.wipe(|_| true) };
        for region in self.regions.take() {
            self.reports.remove(&region.vault.report());
        }
    }

    fn remove(&self, region: &Rc<Region>) {
        let mut regions = self.regions.borrow_mut();
        if let Some(at) = regions.iter().position(|r| Rc::ptr_eq(r, region)) {
            regions.swap_remove(at);
            self.reports.remove(&region.vault.report());
        }
    }
}

/// What protects each mapping of one veil, readable from any thread.
#[derive(Default)]
pub(crate) struct Reports(Mutex<Vec<RegionReport>>);

impl Reports {
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<RegionReport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, report: RegionReport) {
        self.all().push(report);
    }

    pub(crate) fn remove(&self, report: &RegionReport) {
        let mut all = self.all();
        if let Some(at) = all.iter().position(|r| r == report) {
            all.remove(at);
        }
    }

    pub(crate) fn list(&self) -> Vec<RegionReport> {
        self.all().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Rc<Registry> {
        Registry::new(Policy::BestEffort, Backing::Anonymous, Arc::default())
    }

    fn wipe(registry: &Registry, which: impl Fn(Keep) -> bool) {
        // SAFETY: no test calls this while it holds a view.
        unsafe { registry.wipe(which) };
    }

    #[test]
    fn a_buffer_is_zero_then_what_was_written() {
        let registry = registry();
        let access = registry.lend();
        let mut buffer: FaceBuffer<u32> = access.reserve(Keep::Frame, 5000).unwrap();
        assert_eq!(buffer.len(), 5000);
        assert_eq!(buffer.view(&access), [0; 5000]);
        buffer.view_mut(&access).fill(7);
        buffer.first_mut(2, &access).fill(8);
        assert_eq!(buffer.view(&access)[..3], [8, 8, 7]);
        assert_eq!(buffer.first_mut(0, &access), []);
        assert_eq!(buffer.view(&access)[4999], 7);
    }

    #[test]
    fn a_wipe_takes_the_kinds_it_names() {
        let registry = registry();
        let access = registry.lend();
        let kinds = [Keep::Frame, Keep::Track, Keep::Session];
        let mut buffers = kinds.map(|keep| access.reserve::<u16>(keep, 9).unwrap());
        for wiped in kinds {
            for buffer in &mut buffers {
                buffer.view_mut(&access).fill(7);
            }
            wipe(&registry, |keep| keep == wiped);
            for (buffer, keep) in buffers.iter().zip(kinds) {
                let expected = if keep == wiped { 0 } else { 7 };
                assert_eq!(
                    buffer.view(&access),
                    [expected; 9],
                    "{keep:?} when {wiped:?} went"
                );
            }
        }
    }

    #[test]
    fn all_that_was_ever_lent_for_writing_is_wiped() {
        let registry = registry();
        let access = registry.lend();
        let mut buffer: FaceBuffer<u64> = access.reserve(Keep::Frame, 1000).unwrap();
        for (first, second) in [(1000, 1), (1, 1000), (600, 500)] {
            buffer.first_mut(first, &access).fill(7);
            buffer.first_mut(second, &access).fill(8);
            wipe(&registry, |_| true);
            assert_eq!(buffer.view(&access), [0; 1000], "{first}, then {second}");
        }
    }

    #[test]
    fn a_forgotten_handle_forgets_no_wipe() {
        let registry = registry();
        let access = registry.lend();
        let mut buffer: FaceBuffer<u8> = access.reserve(Keep::Session, 100).unwrap();
        buffer.view_mut(&access).fill(0xA5);
        let last: *const u8 = &raw const buffer.view(&access)[99];
        std::mem::forget(buffer);
        // SAFETY: a forgotten buffer stays mapped, and nothing writes it now.
        let byte = || unsafe { last.read_volatile() };
        assert_eq!(byte(), 0xA5, "control");
        // SAFETY: no view is alive.
        unsafe { registry.close() };
        assert_eq!(byte(), 0);
        assert_eq!(registry.reports.list(), [], "and it is no longer in use");
    }

    #[test]
    fn a_handle_that_outlives_its_registry_is_harmless() {
        let registry = registry();
        let mut buffer: FaceBuffer<u8> = registry.lend().reserve(Keep::Session, 100).unwrap();
        buffer.view_mut(&registry.lend()).fill(0xA5);
        // SAFETY: no view is alive.
        unsafe { registry.close() };
        assert_eq!(buffer.view(&registry.lend()), [0; 100]);
        drop(registry);
        drop(buffer);
    }

    #[test]
    fn reports_follow_the_buffers() {
        let registry = registry();
        let access = registry.lend();
        let count = |purpose| {
            let list = registry.reports.list();
            list.iter().filter(|r| r.purpose == purpose).count()
        };
        let first: FaceBuffer<u8> = access.reserve(Keep::Track, 1).unwrap();
        let second: FaceBuffer<u8> = access.reserve(Keep::Track, 1).unwrap();
        let third: FaceBuffer<u8> = access.reserve(Keep::Frame, 1).unwrap();
        assert_eq!((count(Purpose::Track), count(Purpose::Frame)), (2, 1));
        drop(first);
        assert_eq!((count(Purpose::Track), count(Purpose::Frame)), (1, 1));
        drop((second, third));
        assert_eq!((count(Purpose::Track), count(Purpose::Frame)), (0, 0));
    }

    #[test]
    #[should_panic(expected = "a face buffer of another veil")]
    fn another_veils_access_does_not_read() {
        let (mine, yours) = (registry(), registry());
        let buffer: FaceBuffer<u8> = mine.lend().reserve(Keep::Frame, 1).unwrap();
        assert_eq!(buffer.view(&mine.lend()), [0], "control: its own does");
        let _ = buffer.view(&yours.lend());
    }

    #[test]
    #[should_panic(expected = "a face buffer of another veil")]
    fn another_veils_access_does_not_write() {
        let (mine, yours) = (registry(), registry());
        let mut buffer: FaceBuffer<u8> = mine.lend().reserve(Keep::Frame, 1).unwrap();
        buffer.first_mut(1, &mine.lend())[0] = 1;
        let _ = buffer.first_mut(1, &yours.lend());
    }

    #[test]
    #[should_panic(expected = "6 elements of a buffer of 5")]
    fn more_than_there_is_cannot_be_written() {
        let registry = registry();
        let mut buffer: FaceBuffer<u32> = registry.lend().reserve(Keep::Frame, 5).unwrap();
        assert_eq!(
            buffer.first_mut(5, &registry.lend()).len(),
            5,
            "control: all of it can"
        );
        let _ = buffer.first_mut(6, &registry.lend());
    }
}
