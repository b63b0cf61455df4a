//! The engine for the bundled networks alone: [`moretta_kernels`].

use std::sync::Arc;

use moretta_kernels::Plan;

use crate::network::{Look, check_lengths, check_scratch};
use crate::{InferError, ModelKind, Network, VerifiedModel};

/// A network planned for kernels of our own. It holds weights and no face: clones share it, on any thread.
#[derive(Clone)]
pub(crate) struct KernelsPlan {
    kind: ModelKind,
    plan: Arc<Plan>,
}

impl KernelsPlan {
    pub(crate) fn load(model: &VerifiedModel<'_>) -> Result<Self, InferError> {
        let kind = model.kind();
        let refuse = |source| InferError::Load { kind, source };
        let plan = Plan::load(model.bytes()).map_err(|error| refuse(error.into()))?;
        let expected = kind.outputs().iter().map(|spec| spec.values());
        let fits = plan.input_len() == kind.input_len() && plan.outputs().map(|it| it.1).eq(expected);
        if !fits {
            return Err(refuse("other lengths than the model's".into()));
        }
        Ok(Self {
            kind,
            plan: Arc::new(plan),
        })
    }

    pub(crate) fn kind(&self) -> ModelKind {
        self.kind
    }

    pub(crate) fn network(&self) -> KernelsNetwork {
        KernelsNetwork(self.clone())
    }
}

/// A network that runs in kernels of our own. It holds nothing of a run: all that a run writes is the caller's.
pub(crate) struct KernelsNetwork(KernelsPlan);

impl KernelsNetwork {
    pub(crate) fn run_and_show(
        &self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
        look: Option<Look<'_>>,
    ) -> Result<(), InferError> {
        let KernelsPlan { kind, plan } = &self.0;
        check_lengths(*kind, input, outputs)?;
        check_scratch(*kind, plan.scratch_len(), scratch)?;
        let result = match look {
            None => plan.run(scratch, input, outputs),
            Some(look) => {
                let mut look = |row: &[f32]| look(&[row.len()], row);
                plan.run_observed(scratch, input, outputs, &mut look)
            }
        };
        result.map_err(|_bug| InferError::Run { kind: *kind })
    }
}

impl Network for KernelsNetwork {
    fn kind(&self) -> ModelKind {
        self.0.kind
    }

    fn scratch_len(&self) -> usize {
        self.0.plan.scratch_len()
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
        Ok(())
    }
}
