use std::fmt;
use std::marker::PhantomData;

use crate::kernels::{KernelsNetwork, KernelsPlan};
use crate::network::Look;
#[cfg(feature = "tract")]
use crate::tract::{TractNetwork, TractPlan};
use crate::{InferError, ModelKind, Network, VerifiedModel};

/// What computes networks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Engine {
    /// [`moretta_kernels`]: made for the bundled networks, two to six times as fast as tract on them. It allocates nothing
    /// in a run and keeps nothing of one.
    #[default]
    Kernels,
    /// [tract](https://github.com/sonos/tract), the general engine, by which the other is judged.
    #[cfg(feature = "tract")]
    Tract,
}

impl Engine {
    /// Every engine that this build has.
    pub const ALL: &'static [Self] = &[
        Self::Kernels,
        #[cfg(feature = "tract")]
        Self::Tract,
    ];

    /// Its name, in small letters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernels => "kernels",
            #[cfg(feature = "tract")]
            Self::Tract => "tract",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A network loaded into an engine. It holds weights and no face: clones share it, on any thread.
#[derive(Clone)]
pub struct Plan(Loaded);

#[derive(Clone)]
enum Loaded {
    Kernels(KernelsPlan),
    #[cfg(feature = "tract")]
    Tract(TractPlan),
}

impl Plan {
    /// Loads `model` into `engine`.
    ///
    /// That takes some milliseconds in [`Engine::Kernels`], and 0.1 to 0.6 s in tract, which [`load_all`](crate::load_all)
    /// moves to other threads. tract also runs the network once, on zeros: it checks the outputs' shapes and reads now
    /// what it reads of the machine, so that no frame has to.
    ///
    /// # Errors
    /// [`InferError::Load`] if the engine refuses the model; with tract, [`InferError::Environment`] if a variable that
    /// begins with `TRACT_` would change results and cannot be overruled.
    pub fn load(model: &VerifiedModel<'_>, engine: Engine) -> Result<Self, InferError> {
        Ok(Self(match engine {
            Engine::Kernels => Loaded::Kernels(KernelsPlan::load(model)?),
            #[cfg(feature = "tract")]
            Engine::Tract => Loaded::Tract(TractPlan::load(model)?),
        }))
    }

    /// Which network this is.
    #[must_use]
    pub fn kind(&self) -> ModelKind {
        match &self.0 {
            Loaded::Kernels(plan) => plan.kind(),
            #[cfg(feature = "tract")]
            Loaded::Tract(plan) => plan.kind(),
        }
    }

    /// Where it was loaded.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Loaded::Kernels(_) => Engine::Kernels,
            #[cfg(feature = "tract")]
            Loaded::Tract(_) => Engine::Tract,
        }
    }

    /// Makes what runs the network, on the thread that is to run it.
    ///
    /// # Errors
    /// [`InferError::Load`] if the engine refuses, which it has no reason to.
    pub fn network(&self) -> Result<EngineNetwork, InferError> {
        let network = match &self.0 {
            Loaded::Kernels(plan) => Running::Kernels(plan.network()),
            #[cfg(feature = "tract")]
            Loaded::Tract(plan) => Running::Tract(Box::new(plan.network()?)),
        };
        Ok(EngineNetwork {
            network,
            here: PhantomData,
        })
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("kind", &self.kind())
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

/// A network that runs in an engine, on the thread that made it: neither `Send` nor `Sync`, nor printable.
///
/// Between two runs it holds no tensor of the last. The crate's documentation says what tract's scratch holds.
pub struct EngineNetwork {
    network: Running,
    /// What a run leaves in tract's thread-local scratch must not be left on another thread.
    here: PhantomData<*const ()>,
}

enum Running {
    Kernels(KernelsNetwork),
    #[cfg(feature = "tract")]
    Tract(Box<TractNetwork>),
}

impl EngineNetwork {
    /// Runs like [`Network::run`], and shows `look` what is computed, in order: shape and values. In tract that is what
    /// each operator gives, the slowest side first, but for what is in a form of the engine's own; in kernels each row,
    /// as it lies in the scratch, channel beside channel, with its length as its shape.
    ///
    /// For whoever has to know activations to look for them elsewhere, as the run-time proofs do.
    ///
    /// # Errors
    /// Those of [`Network::run`].
    pub fn run_observed(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
        look: &mut dyn FnMut(&[usize], &[f32]),
    ) -> Result<(), InferError> {
        self.run_and_show(scratch, input, outputs, Some(look))
    }

    fn run_and_show(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
        look: Option<Look<'_>>,
    ) -> Result<(), InferError> {
        match &mut self.network {
            Running::Kernels(network) => network.run_and_show(scratch, input, outputs, look),
            #[cfg(feature = "tract")]
            Running::Tract(network) => network.run_and_show(input, outputs, look),
        }
    }

    fn inner(&self) -> &dyn Network {
        match &self.network {
            Running::Kernels(network) => network,
            #[cfg(feature = "tract")]
            Running::Tract(network) => &**network,
        }
    }
}

impl Network for EngineNetwork {
    fn kind(&self) -> ModelKind {
        self.inner().kind()
    }

    fn scratch_len(&self) -> usize {
        self.inner().scratch_len()
    }

    fn run(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        self.run_and_show(scratch, input, outputs, None)
    }

    fn forget(&mut self) -> Result<(), InferError> {
        match &mut self.network {
            Running::Kernels(network) => network.forget(),
            #[cfg(feature = "tract")]
            Running::Tract(network) => network.forget(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plan_is_shared_and_network_is_not() {
        static_assertions::assert_impl_all!(Plan: Send, Sync, Clone);
        static_assertions::assert_not_impl_any!(EngineNetwork: Send, Sync, Clone, fmt::Debug);
    }

    #[test]
    fn a_plan_says_what_and_where() {
        let model = VerifiedModel::embedded(ModelKind::Blendshapes).unwrap();
        for engine in Engine::ALL {
            let plan = Plan::load(&model, *engine).unwrap();
            assert_eq!((plan.kind(), plan.engine()), (ModelKind::Blendshapes, *engine));
            assert_eq!(plan.network().unwrap().kind(), ModelKind::Blendshapes);
        }
    }
}
