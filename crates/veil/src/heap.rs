//! The allocator that serves the face thread from vaults and wipes what is freed.
//!
//! Inference libraries, image decoders and every `Vec` allocate for themselves. Off the face thread this
//! allocator hands on to the system's; on it, and in a [`Shelter`](crate::Shelter), blocks come from locked segments
//! and are zeroed when freed, by whichever thread frees them.
//!
//! 1. A *segment* is a vault. Blocks are cut from the newest one, front to back, and never given back to the
//!    system, so that a late free is always safe.
//! 2. Block sizes come in classes, four to a doubling. A freed block is zeroed and joins its class's list; its
//!    first word holds the link. Hence every block that is handed out is zero.
//! 3. When no block fits, a further segment is made, as large as all before it where the system grants that. When the system refuses that, the allocation fails: it
//!    never falls back to open memory.

use crate::protection::{Backing, Guard, Held, Policy, Purpose, RegionReport};
use crate::vault::Vault;
use crate::wipe::wipe;
use crate::{VeilError, os};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::io;
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A global allocator that keeps what the face thread allocates in locked memory and wipes it when freed.
///
/// Other threads' allocations go to the system's allocator unchanged, but for work in a [`Shelter`](crate::Shelter).
///
/// ```
/// #[global_allocator]
/// static HEAP: moretta_veil::FaceHeap = moretta_veil::FaceHeap;
/// # fn main() { assert!(moretta_veil::FaceHeap::is_installed()) }
/// ```
///
/// Without it a session runs under [`Policy::BestEffort`] only: what libraries allocate on the face thread then
/// lies in open memory and is not wiped.
pub struct FaceHeap;

/// Alignments above this are refused: nothing on the face thread asks for more than a page.
const MAX_ALIGN: usize = 4096;
/// The smallest block: a cache line.
const MIN_BLOCK: usize = 64;
/// Four classes a doubling, from 64 bytes up to the largest address.
const CLASSES: usize = 4 * (usize::BITS as usize - MIN_BLOCK.trailing_zeros() as usize);
/// Segments double where the system grants it, so that this many are not used up.
const MAX_SEGMENTS: usize = 32;

static STATE: Lock<State> = Lock::new(State {
    segments: [const { None }; MAX_SEGMENTS],
    cut: 0,
    end: 0,
    free: [0; CLASSES],
    strict: 0,
    backing: Backing::Anonymous,
    live: 0,
    peak: 0,
});
/// Bounds of each segment, readable without the lock: a segment, once there, never goes away.
static BOUNDS: [(AtomicUsize, AtomicUsize); MAX_SEGMENTS] =
    [const { (AtomicUsize::new(0), AtomicUsize::new(0)) }; MAX_SEGMENTS];
static SEGMENTS: AtomicUsize = AtomicUsize::new(0);
static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Constant and without a destructor, so that reading it never allocates, even while a thread ends. Where the
    /// target has no native thread-locals (Android before 10, windows-gnu) the standard library keeps it under a key of
    /// the system's: a library's thread-local that outlives it there frees to, and takes from, the open heap.
    static THREAD: Cell<Thread> = const { Cell::new(Thread::Open) };
}

/// Where a thread's allocations come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// The system.
    Open,
    /// The vault, while some work lasts.
    Sheltered,
    /// The vault, for good.
    Face,
}

/// From now on this thread is a face thread: its allocations come from the vault. There is no way back.
pub(crate) fn enter_face_thread() {
    THREAD.set(Thread::Face);
}

/// Whether the calling thread is a face thread.
pub(crate) fn on_face_thread() -> bool {
    THREAD.get() == Thread::Face
}

/// Whether the calling thread handles faces now: a face thread, or one in a shelter.
pub(crate) fn handles_faces() -> bool {
    THREAD.get() != Thread::Open
}

/// Until the value goes, this thread's allocations come from the vault.
pub(crate) fn enter_shelter() -> Sheltered {
    let before = THREAD.get();
    if before == Thread::Open {
        THREAD.set(Thread::Sheltered);
    }
    Sheltered {
        before,
        thread: PhantomData,
    }
}

/// A thread's stay in a shelter, which may lie within another.
pub(crate) struct Sheltered {
    before: Thread,
    /// Of this thread alone.
    thread: PhantomData<*const ()>,
}

impl Drop for Sheltered {
    fn drop(&mut self) {
        THREAD.set(self.before);
    }
}

impl FaceHeap {
    /// Whether this process's global allocator is a `FaceHeap`.
    #[must_use]
    pub fn is_installed() -> bool {
        INSTALLED.load(Ordering::Relaxed)
    }

    /// Bytes in use, in whole blocks. The same before and after a steady frame, or something was kept.
    ///
    /// Only by the feature `measure`, for tests: these bytes tell whether there is a face.
    #[cfg(any(test, feature = "measure"))]
    #[must_use]
    pub fn live_bytes() -> usize {
        if os::is_child() { 0 } else { STATE.with(|s| s.live) }
    }

    /// The most bytes that were ever in use: what to reserve.
    ///
    /// Only by the feature `measure`, as [`live_bytes`](Self::live_bytes).
    #[cfg(any(test, feature = "measure"))]
    #[must_use]
    pub fn peak_bytes() -> usize {
        if os::is_child() { 0 } else { STATE.with(|s| s.peak) }
    }

    /// Makes sure that `bytes` are reserved under `policy` on `backing`; growth follows the policy while the lease
    /// lives.
    pub(crate) fn reserve(bytes: usize, policy: Policy, backing: Backing) -> Result<Lease, VeilError> {
        Self::reserve_if(policy, backing, |s| bytes.saturating_sub(s.reserved()))
    }

    /// The same for `bytes` more than are in use, of which one block may be as large as all of them.
    pub(crate) fn reserve_more(bytes: usize, policy: Policy, backing: Backing) -> Result<Lease, VeilError> {
        Self::reserve_if(policy, backing, |s| {
            let block = block_size(class_for(bytes.clamp(MIN_BLOCK, usize::MAX / 4)));
            // Blocks are larger than what is asked for by up to a fifth, and a segment's end may be too short for one.
            let wanted = bytes.saturating_add(bytes / 2).saturating_add(s.live);
            let short = wanted.saturating_sub(s.reserved());
            if s.has_block(block) {
                short
            } else {
                short.max(block + MAX_ALIGN).max(bytes)
            }
        })
    }

    fn reserve_if(
        policy: Policy,
        backing: Backing,
        short: impl Fn(&State) -> usize,
    ) -> Result<Lease, VeilError> {
        STATE.with(|s| {
            if s.segments[0].is_none() {
                s.backing = backing;
            }
            // A lenient veil must not bring open memory under a strict one.
            let growth = if s.strict > 0 { Policy::Strict } else { policy };
            let wanted = short(s);
            if wanted > 0 {
                // At least double, so that many small steps do not use up the segments.
                let grown = s
                    .grow(wanted.max(s.reserved()), growth)
                    .or_else(|_| s.grow(wanted, growth));
                match grown {
                    // It makes do with what there is.
                    Err(VeilError::Refused { .. }) if policy == Policy::BestEffort => {}
                    grown => grown?,
                }
            }
            if policy == Policy::Strict {
                // An earlier, more lenient session may have made segments that this one must not use.
                s.segments
                    .iter()
                    .flatten()
                    .try_for_each(|r| strict_enough(r, backing))?;
                s.strict += 1;
            }
            Ok(Lease { policy })
        })
    }

    /// What protects the heap's segments.
    pub(crate) fn reports() -> Vec<RegionReport> {
        // Copied out first: collecting under the lock would allocate under the lock.
        let segments = if os::is_child() {
            [None; MAX_SEGMENTS]
        } else {
            STATE.with(|s| s.segments)
        };
        segments.into_iter().flatten().collect()
    }
}

/// A veil's use of the heap.
pub(crate) struct Lease {
    policy: Policy,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.policy == Policy::Strict && !os::is_child() {
            STATE.with(|s| s.strict -= 1);
        }
    }
}

fn strict_enough(report: &RegionReport, backing: Backing) -> Result<(), VeilError> {
    let secret = if backing == Backing::Secret {
        report.secret
    } else {
        Held::Yes
    };
    let guards = [
        (Guard::Lock, report.locked),
        (Guard::NoDump, report.no_dump),
        (Guard::NoFork, report.no_fork),
        (Guard::Secret, secret),
    ];
    for (guard, held) in guards {
        let source = match held {
            Held::Yes | Held::NotOffered => continue,
            Held::Refused(code) => io::Error::from_raw_os_error(code),
            Held::NotAsked => io::ErrorKind::Unsupported.into(),
        };
        return Err(VeilError::Refused {
            purpose: Purpose::Heap,
            guard,
            bytes: report.bytes,
            source,
        });
    }
    Ok(())
}

struct State {
    segments: [Option<RegionReport>; MAX_SEGMENTS],
    /// The newest segment's first byte that was never handed out, and its end.
    cut: usize,
    end: usize,
    /// The first free block of each class, 0 for none.
    free: [usize; CLASSES],
    /// Veils with a strict policy: while there is one, what cannot be protected is not handed out.
    strict: usize,
    backing: Backing,
    live: usize,
    peak: usize,
}

impl State {
    fn reserved(&self) -> usize {
        self.segments.iter().flatten().map(|r| r.bytes).sum()
    }

    /// Adds a segment of at least `bytes`.
    fn grow(&mut self, bytes: usize, policy: Policy) -> Result<(), VeilError> {
        let too_large = VeilError::TooLarge {
            purpose: Purpose::Heap,
            count: bytes,
            size: 1,
        };
        let at = self.segments.iter().position(Option::is_none).ok_or(too_large)?;
        let vault = Vault::new(Purpose::Heap, bytes, policy, self.backing)?;
        self.cut = vault.base().as_ptr().expose_provenance();
        self.end = self.cut + vault.len();
        let (low, high) = &BOUNDS[at];
        low.store(self.cut, Ordering::Relaxed);
        high.store(self.end, Ordering::Relaxed);
        self.segments[at] = Some(vault.leak());
        SEGMENTS.store(at + 1, Ordering::Release);
        Ok(())
    }

    /// A zeroed block of `class`, or null.
    fn take(&mut self, class: usize) -> *mut u8 {
        let size = block_size(class);
        let head = self.free[class];
        let block = if head == 0 {
            self.carve(size)
        } else {
            std::ptr::with_exposed_provenance_mut(head)
        };
        if block.is_null() {
            return block;
        }
        if head != 0 {
            let link: *mut usize = block.cast();
            // SAFETY: a free block of ours: its first word is the link to the next one.
            self.free[class] = unsafe { link.read() };
            // SAFETY: as above; from here the block is zero throughout.
            unsafe { link.write(0) };
        }
        self.live += size;
        self.peak = self.peak.max(self.live);
        block
    }

    /// Where the newest segment has room for a block that was never used before.
    fn room(&self, size: usize) -> Option<usize> {
        let at = self.cut.checked_next_multiple_of(natural_align(size))?;
        (at.checked_add(size)? <= self.end).then_some(at)
    }

    /// Whether a block of this size can be had without growing.
    fn has_block(&self, size: usize) -> bool {
        self.free[class_for(size)] != 0 || self.room(size).is_some()
    }

    /// A block that was never used before, from the newest segment or a further one.
    fn carve(&mut self, size: usize) -> *mut u8 {
        let at = self.room(size).or_else(|| {
            let policy = if self.strict > 0 {
                Policy::Strict
            } else {
                Policy::BestEffort
            };
            let least = size.checked_add(MAX_ALIGN)?;
            self.grow(least.max(self.reserved()), policy)
                .or_else(|_| self.grow(least, policy))
                .ok()?;
            self.room(size)
        });
        at.map_or(null_mut(), |at| {
            self.cut = at + size;
            std::ptr::with_exposed_provenance_mut(at)
        })
    }

    /// Takes back a block that is zero already.
    fn give(&mut self, block: *mut u8, class: usize) {
        let link: *mut usize = block.cast();
        // SAFETY: a block of ours that nobody uses: its first word becomes the link.
        unsafe { link.write(self.free[class]) };
        self.free[class] = block.expose_provenance();
        self.live -= block_size(class);
    }
}

/// The class that serves `layout`, or `None` if none can.
fn class_of(layout: Layout) -> Option<usize> {
    if layout.align() > MAX_ALIGN || layout.size() > isize::MAX as usize / 2 {
        return None;
    }
    let size = layout.size().max(MIN_BLOCK);
    let class = class_for(size);
    if natural_align(block_size(class)) >= layout.align() {
        return Some(class);
    }
    // A power of two is aligned to itself, up to a page.
    Some(class_for(size.max(layout.align()).next_power_of_two()))
}

/// The smallest class whose blocks hold `size >= MIN_BLOCK` bytes.
fn class_for(size: usize) -> usize {
    let doubling = size.ilog2();
    let quarter = 1usize << (doubling - 2);
    let quarters = (size - (1 << doubling)).div_ceil(quarter);
    4 * (doubling - MIN_BLOCK.ilog2()) as usize + quarters
}

fn block_size(class: usize) -> usize {
    let base = MIN_BLOCK << (class / 4);
    base + base / 4 * (class % 4)
}

/// The alignment that every block of `size` has.
fn natural_align(size: usize) -> usize {
    (1 << size.trailing_zeros()).min(MAX_ALIGN)
}

fn owns(block: *mut u8) -> bool {
    let at = block.addr();
    BOUNDS[..SEGMENTS.load(Ordering::Acquire)]
        .iter()
        .any(|(low, high)| (low.load(Ordering::Relaxed)..high.load(Ordering::Relaxed)).contains(&at))
}

// SAFETY: blocks are disjoint, at least as large and aligned as their layout, and stay valid for the life of the
// process; no method unwinds. Everything else is handed on to the system's allocator.
unsafe impl GlobalAlloc for FaceHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !INSTALLED.load(Ordering::Relaxed) {
            INSTALLED.store(true, Ordering::Relaxed);
        }
        if !handles_faces() {
            // SAFETY: the caller's promise, handed on.
            return unsafe { System.alloc(layout) };
        }
        class_of(layout).map_or(null_mut(), |class| STATE.with(|s| s.take(class)))
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if handles_faces() {
            // SAFETY: the caller's promise, handed on. Blocks are zero already.
            unsafe { self.alloc(layout) }
        } else {
            // SAFETY: the caller's promise, handed on.
            unsafe { System.alloc_zeroed(layout) }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !owns(block) {
            // SAFETY: not of ours, so the system gave it.
            return unsafe { System.dealloc(block, layout) };
        }
        let Some(class) = class_of(layout) else { return };
        if os::is_child() {
            return; // zeros, or not there at all; and the lock may be held by a thread that is not here
        }
        // Outside the lock: a large block must not keep others waiting.
        // SAFETY: the whole block is ours, and its owner gave it up.
        unsafe { wipe(block, block_size(class)) };
        STATE.with(|s| s.give(block, class));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let ours = owns(block);
        if !ours && !handles_faces() {
            // SAFETY: not of ours, so the system gave it.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        // SAFETY: `realloc`'s contract: the new size, rounded up to the alignment, does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if ours && class_of(layout) == class_of(new_layout) {
            return block;
        }
        if ours && os::is_child() {
            // What the block held stayed with the parent.
            // SAFETY: `realloc`'s contract: the new size is not zero.
            return unsafe { System.alloc_zeroed(new_layout) };
        }
        // From a segment whichever thread asks: what a face block holds never moves to open memory.
        let new_block = class_of(new_layout).map_or(null_mut(), |class| STATE.with(|s| s.take(class)));
        if !new_block.is_null() {
            // SAFETY: two live blocks, each at least as long as what is copied.
            unsafe { new_block.copy_from_nonoverlapping(block, layout.size().min(new_size)) };
            if !ours {
                // What the face thread or a shelter took over from outside may hold a face by now.
                // SAFETY: the old block is the caller's, and given up below.
                unsafe { wipe(block, layout.size()) };
            }
            // SAFETY: the caller's promise, handed on.
            unsafe { self.dealloc(block, layout) };
        }
        new_block
    }
}

/// A spin lock: an allocator can use no lock that allocates. It is held for some instructions, or while the heap
/// grows by a segment, which in a steady state it does not.
struct Lock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `with` gives one thread at a time access to the value.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    const fn new(value: T) -> Lock<T> {
        Lock {
            taken: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Runs `f`, which must neither panic nor allocate.
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let mut spins = 0u32;
        while self
            .taken
            .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            spins += 1;
            if spins.is_multiple_of(128) {
                std::thread::yield_now(); // the holder may wait for this processor
            } else {
                std::hint::spin_loop();
            }
        }
        // SAFETY: `taken` is ours until it is stored false below.
        let result = f(unsafe { &mut *self.value.get() });
        self.taken.store(false, Ordering::Release);
        result
    }
}

#[cfg(test)]
mod tests;
