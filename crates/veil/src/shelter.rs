//! The face heap for libraries that handle pictures on other threads than the face thread: image decoders.

use crate::heap::{self, FaceHeap, Lease};
use crate::protection::{Backing, Policy};
use crate::wipe::clear_registers;
use crate::{VeilError, hook, os, stack};

/// Has work done on the calling thread with the precautions of the face thread, as far as that can be: what it
/// allocates comes from [`FaceHeap`], a panic is silent and its words are wiped, and afterwards the registers and
/// the part of the stack that it used are zeroed.
///
/// The stack itself is an ordinary one: while the work goes on it may be swapped out or dumped. A thread whose stack is
/// smaller than 256 KiB has no room for this. What is kept on the
/// heap from one piece of work to the next (a decoder) lies in the vault, and is wiped as it is freed, by whichever
/// thread; [`wipe_all`](crate::wipe_all) does not reach it.
///
/// ```
/// use moretta_veil::{Backing, FaceHeap, Policy, Shelter};
///
/// #[global_allocator]
/// static HEAP: FaceHeap = FaceHeap;
///
/// # fn main() -> Result<(), moretta_veil::VeilError> {
/// let shelter = Shelter::new(Policy::BestEffort, Backing::Anonymous)?;
/// let picture = shelter.run(|| vec![128u8; 64 * 64])?; // lies in the vault
/// # drop(picture);
/// # Ok(())
/// # }
/// ```
pub struct Shelter {
    policy: Policy,
    backing: Backing,
    /// None where the heap is not installed and the policy lets that pass.
    _lease: Option<Lease>,
}

/// What the heap has ready at least: a small decoder's tables and buffers.
const HEAP_BYTES: usize = 256 << 10;

impl Shelter {
    /// A shelter whose heap follows `policy` and `backing`.
    ///
    /// # Errors
    /// [`VeilError::HeapNotInstalled`] and [`VeilError::Refused`] under [`Policy::Strict`]; [`VeilError::Map`];
    /// [`VeilError::Forked`].
    pub fn new(policy: Policy, backing: Backing) -> Result<Shelter, VeilError> {
        if os::is_child() {
            return Err(VeilError::Forked);
        }
        let lease = match (FaceHeap::is_installed(), policy) {
            (true, _) => Some(FaceHeap::reserve(HEAP_BYTES, policy, backing)?),
            (false, Policy::Strict) => return Err(VeilError::HeapNotInstalled),
            (false, Policy::BestEffort) => None,
        };
        hook::install();
        Ok(Shelter {
            policy,
            backing,
            _lease: lease,
        })
    }

    /// Makes sure that [`FaceHeap`] has room for a block of `bytes`, or for about as much in smaller ones, as far as other
    /// users let it.
    ///
    /// Without it the heap grows when it must, and where the system then refuses the protection that a strict policy
    /// asks for, the allocation fails, which ends a Rust program. Here it is an error. The heap never shrinks.
    ///
    /// # Errors
    /// As [`Shelter::new`]; [`VeilError::TooLarge`] for more than can be addressed.
    pub fn reserve(&self, bytes: usize) -> Result<(), VeilError> {
        if os::is_child() {
            return Err(VeilError::Forked);
        }
        if FaceHeap::is_installed() {
            FaceHeap::reserve_more(bytes, self.policy, self.backing).map(drop)?;
        }
        Ok(())
    }

    /// Runs `work` to its end on the calling thread. What it hands back may lie on the face heap; that is freed
    /// there, in whichever thread it is dropped.
    ///
    /// Threads that it starts are not sheltered.
    ///
    /// # Errors
    /// [`VeilError::WorkPanicked`]; what `work` had borrowed is as a panic left it. [`VeilError::Forked`] in a forked
    /// child, where `work` does not run.
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> Result<R, VeilError> {
        if os::is_child() {
            return Err(VeilError::Forked);
        }
        let result = stack::deep(|| {
            let _inside = heap::enter_shelter();
            hook::quietly(work)
        });
        clear_registers();
        stack::wipe_dead();
        result.ok_or(VeilError::WorkPanicked)
    }
}
