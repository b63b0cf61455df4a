//! Verified face networks, and the engines that run them.
//!
//! Four networks find and measure faces: see [`ModelKind`]. Their bytes become a [`VerifiedModel`] by hashing and by
//! nothing else, and an [`Engine`] loads nothing else. [`Plan`] is a loaded network: weights, no face, shared between
//! threads. [`EngineNetwork`] runs it and lives on one thread, because what it holds while it runs is face data.
//!
//! ```
//! use moretta_infer::{Engine, ModelKind, Network, VerifiedModel, load_all};
//!
//! # fn main() -> Result<(), moretta_infer::InferError> {
//! // On any thread, before there is a face:
//! let blendshapes = VerifiedModel::embedded(ModelKind::Blendshapes)?;
//! let plan = load_all(&[blendshapes], Engine::default())?.remove(0).plan;
//!
//! // On the face thread, with scratch from the vault:
//! let mut network = plan.network()?;
//! let mut scratch = vec![0.0; network.scratch_len()];
//! let points = [0.0; ModelKind::Blendshapes.input_len()];
//! let mut weights = [0.0; 52];
//! network.run(&mut scratch, &points, &mut [&mut weights])?;
//! assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
//! # Ok(())
//! # }
//! ```
//!
//! # Engines
//! [`Engine::Kernels`] is our own, [`moretta_kernels`]: it knows these four networks, and all that a run writes lies in
//! the scratch and the outputs that its caller lends. [tract](https://github.com/sonos/tract), by the feature `tract`, is
//! pinned to one version and visible in no signature. Whatever is asked of one engine here is asked of the other in the
//! tests.
//!
//! # What tract keeps
//! What it allocates comes from the program's global allocator, so on the face thread from the veil's heap, which wipes
//! what is freed. Between two runs it keeps, in thread-local variables, the scratch of matrix products (tables of addresses and
//! tiles of products, kept as a spare when a network is dropped) and aligned copies that element-wise operators make:
//! some kilobytes of activations of the last runs. Until when:
//!
//! - The next run of the same network overwrites what the last one left, since where a run writes depends on shapes and
//!   on no value.
//! - [`Network::forget`] runs the network on zeros for that reason alone. The tracker calls it when the last face is gone.
//! - The end of the *thread* frees it. A pipeline that pauses must therefore end its face thread, as the veil does, and
//!   not only drop its networks.
//!
//! Tests count the bytes (runs leave the same number behind, and the thread's end leaves none) and look for activations
//! in every live block of the heap, before and after a network forgets.
//!
//! What tract keeps for the whole process are facts about the machine (processor caches, instruction sets), which
//! [`Plan::load`] has it read before there is a face.
//!
//! tract logs each step of its own loop, at the level of traces, and an app's logger would hear how many faces there are.
//! The steps are therefore taken by a loop of this crate, and a test finds that a run logs nothing. The text of tract's
//! errors may quote tensors, so [`InferError::Run`] drops it.
//!
//! # Environment variables
//! Kernels read none. tract reads settings from variables that begin with `TRACT_`. Those that could change a result are overruled, and
//! those that cannot be overruled are refused: see [`InferError::Environment`]. tract's settings are of the whole
//! process; an app that uses this version of tract itself shares them.

#![forbid(unsafe_code)]

mod error;
mod kernels;
mod load;
mod model;
mod network;
mod plan;
mod sha256;
#[cfg(feature = "tract")]
mod tract;

pub use error::InferError;
pub use load::{Loaded, load_all};
pub use model::{ModelKind, TensorSpec, VerifiedModel};
pub use network::Network;
pub use plan::{Engine, EngineNetwork, Plan};
pub use sha256::Sha256;
