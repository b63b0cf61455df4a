//! Memory that holds faces and cannot tell.
//!
//! A [`Veil`] owns one *face thread* and all the memory that a face ever touches on the CPU: buffers, heap and the
//! thread's very stack lie in vaults: locked against swapping, left out of core dumps and forked children, between
//! guard pages. Buffers and the dead stack are wiped by address on every path: after each frame, when the face is gone,
//! after a panic, on pause, on revocation, by [`wipe_all`], at the end; heap memory is wiped as it is freed. A handle holds no face data, so forgetting one forgets no wipe.
//!
//! What runs on the face thread is a [`Pipeline`], an `unsafe trait`: its implementors see faces and are the trusted
//! base. Everyone else's code forbids `unsafe`, so it can name neither the bytes nor the way to them.
//!
//! ```text
//! app thread                      face thread (stack and heap in vaults)
//! Frame ──process──▶ one in flight ──▶ Pipeline::run(request, planes, Access) ──▶ Reply
//!       ──submit───▶ one waiting        FaceBuffer<T> ◀── bytes through Access only
//!                                       then: wipe buffers, pipeline, planes, registers, stack
//! ```
//!
//! ```
//! use moretta_veil::*;
//!
//! /// Says how bright a picture is, and keeps a running mean while a face is in sight.
//! struct Brightness {
//!     mean: FaceBuffer<f32>,
//! }
//!
//! // SAFETY: what it keeps lies in a face buffer; it answers with nothing.
//! unsafe impl Pipeline for Brightness {
//!     type Request = ();
//!     type Reply = ();
//!
//!     fn run(&mut self, (): (), io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
//!         let [plane] = io.planes else { return (Outcome::Unchanged, ()) };
//!         let sum: f32 = plane.iter().map(|&b| f32::from(b)).sum();
//!         let mean = self.mean.view_mut(access);
//!         mean[0] += 0.1 * (sum / plane.len() as f32 - mean[0]);
//!         (Outcome::Faces, ())
//!     }
//!
//!     fn wipe(&mut self, _extent: Extent) {} // the veil reaches all that it keeps
//! }
//!
//! #[global_allocator]
//! static HEAP: FaceHeap = FaceHeap;
//!
//! # fn main() -> Result<(), VeilError> {
//! let consent = Consent::given(AgeBand::From14);
//! let options = Options { policy: Policy::BestEffort, ..Options::default() };
//! let veil = Veil::new(&consent, options, |room| Ok(Brightness { mean: room.reserve(Keep::Track, 1)? }))?;
//! let mut camera = vec![128u8; 64 * 64 * 4];
//! veil.process(Frame::consumed([&mut camera[..]])?, &mut [], ())?;
//! assert!(camera.iter().all(|&b| b == 0), "given up, so zeroed");
//! consent.revocation().revoke();
//! assert!(matches!(veil.process(Frame::none(), &mut [], ()), Err(VeilError::Revoked)));
//! # Ok(())
//! # }
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `consent` | [`Consent`], [`AgeBand`], [`Revocation`] |
//! | `veil`, `worker` | [`Veil`]: the app's side; the face thread's side |
//! | `pipeline` | [`Pipeline`], [`Outcome`], [`Extent`] |
//! | `frame` | [`Frame`] |
//! | `donor` | [`GivenUp`], [`Donor`], [`Tenure`]: pictures given up for good, and the names of what is made of them |
//! | `buffer` | [`FaceBuffer`], [`Access`], [`Reserve`], [`Keep`] |
//! | `store` | [`FrameStore`], [`Loan`]: pictures on their way in, filled outside of the face thread |
//! | `heap` | [`FaceHeap`] |
//! | `shelter` | [`Shelter`]: the face heap for a decoder on another thread |
//! | `vault`, `stack`, `wipe`, `hook`, `os` | the mechanisms |
//! | `protection` | [`Policy`], [`Protection`] |

#![allow(
    unsafe_code,
    reason = "the one crate whose subject is memory: each block has its SAFETY line"
)]

mod buffer;
mod consent;
mod donor;
mod error;
mod frame;
mod heap;
mod hook;
mod live;
mod os;
mod pipeline;
mod protection;
mod shelter;
mod stack;
mod store;
mod vault;
mod veil;
mod wipe;
mod worker;

pub use buffer::{Access, FaceBuffer, Keep, Reserve};
pub use consent::{AgeBand, Consent, GuardianConsent, Revocation};
pub use donor::{Donor, GivenUp, Tenure};
pub use error::VeilError;
pub use frame::{Frame, MAX_PLANES};
pub use heap::FaceHeap;
pub use live::wipe_all;
pub use pipeline::{Extent, FrameIo, Outcome, Pipeline};
pub use protection::{Backing, Guard, Held, Policy, Protection, Purpose, RegionReport};
pub use shelter::Shelter;
pub use store::{FrameStore, Loan};
pub use veil::{BuildError, Finished, Options, Stats, Ticket, Veil};
