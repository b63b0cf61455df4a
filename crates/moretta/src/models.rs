use std::fmt;
use std::time::Duration;

#[cfg(feature = "embed")]
use moretta_infer::InferError;
use moretta_infer::{Engine, ModelKind, Network, Plan, Sha256, VerifiedModel, load_all};
use moretta_track::{Networks, TrackError};

use crate::Error;

/// The face networks, loaded: weights, no face. A handle: a clone is the same, and several sessions may share it.
#[derive(Clone)]
pub struct Models {
    plans: Vec<Plan>,
    loads: Vec<Load>,
}

/// How a network was loaded.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Which.
    pub kind: ModelKind,
    /// The hash of its bytes.
    pub sha256: Sha256,
    /// From bytes to a network that can run. Networks are loaded side by side.
    pub took: Duration,
}

impl Models {
    /// Those that come with the library, in [`Engine::Kernels`].
    ///
    /// # Errors
    /// [`Error::Infer`]; [`Error::NoModels`] if it was built without the feature `embed`.
    pub fn embedded() -> Result<Self, Error> {
        #[cfg(feature = "embed")]
        {
            let models: Result<Vec<_>, InferError> =
                ModelKind::ALL.into_iter().map(VerifiedModel::embedded).collect();
            Self::load(&models?, Engine::default())
        }
        // Nothing refers to their bytes then, so the linker leaves them out.
        #[cfg(not(feature = "embed"))]
        Err(Error::NoModels)
    }

    /// Those of `models`, whose bytes were verified, in `engine`. Leave out what no effect of the app needs.
    ///
    /// # Errors
    /// [`Error::Infer`].
    pub fn load(models: &[VerifiedModel<'_>], engine: Engine) -> Result<Self, Error> {
        let loaded = load_all(models, engine)?;
        let loads = models.iter().zip(&loaded).map(|(model, loaded)| Load {
            kind: model.kind(),
            sha256: Sha256::of(model.bytes()),
            took: loaded.took,
        });
        Ok(Self {
            loads: loads.collect(),
            plans: loaded.into_iter().map(|it| it.plan).collect(),
        })
    }

    /// How each was loaded.
    #[must_use]
    pub fn loads(&self) -> &[Load] {
        &self.loads
    }

    /// The networks, for one face thread.
    pub(crate) fn networks(&self) -> Result<Networks, TrackError> {
        let network = |plan: &Plan| Ok(Box::new(plan.network()?) as Box<dyn Network>);
        Networks::new(
            self.plans
                .iter()
                .map(network)
                .collect::<Result<Vec<_>, TrackError>>()?,
        )
    }
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.loads.iter().map(|it| it.kind))
            .finish()
    }
}
