//! The engine: tract, with two operators of our own and without its environment variables.

mod environment;
mod max_pool;
mod operators;
mod prelu;
mod turns;

use std::io::Cursor;
use std::sync::Arc;

use tract_onnx::prelude::*;

use self::operators::Operators;
use self::turns::Turns;
use crate::network::{Look, check_lengths};
use crate::{InferError, ModelKind, Network, VerifiedModel};

/// A network loaded into tract. It holds weights and no face: clones share it, on any thread.
#[derive(Clone)]
pub(crate) struct TractPlan {
    kind: ModelKind,
    plan: Arc<TypedSimplePlan>,
}

impl TractPlan {
    pub(crate) fn load(model: &VerifiedModel<'_>) -> Result<Self, InferError> {
        environment::settle()?;
        Self::load_with(model, Operators::Own)
    }

    fn load_with(model: &VerifiedModel<'_>, operators: Operators) -> Result<Self, InferError> {
        let kind = model.kind();
        let plan = build(model, operators)
            .and_then(|plan| try_out(kind, &plan).map(|()| plan))
            .map_err(|error| InferError::Load {
                kind,
                source: error.into(),
            })?;
        Ok(Self { kind, plan })
    }

    pub(crate) fn kind(&self) -> ModelKind {
        self.kind
    }

    pub(crate) fn network(&self) -> Result<TractNetwork, InferError> {
        let turns = Turns::new(&self.plan).map_err(|error| InferError::Load {
            kind: self.kind,
            source: error.into(),
        })?;
        Ok(TractNetwork {
            kind: self.kind,
            turns,
            has_run: false,
        })
    }
}

/// A network that runs in tract.
pub(crate) struct TractNetwork {
    kind: ModelKind,
    turns: Turns,
    /// Since it was made, or since [`Network::forget`].
    has_run: bool,
}

impl TractNetwork {
    pub(crate) fn run_and_show(
        &mut self,
        input: &[f32],
        outputs: &mut [&mut [f32]],
        look: Option<Look<'_>>,
    ) -> Result<(), InferError> {
        check_lengths(self.kind, input, outputs)?;
        self.has_run = true;
        compute(&mut self.turns, self.kind, input, outputs, look)
            .map_err(|_words| InferError::Run { kind: self.kind })
    }
}

impl Network for TractNetwork {
    fn kind(&self) -> ModelKind {
        self.kind
    }

    fn scratch_len(&self) -> usize {
        0
    }

    fn run(
        &mut self,
        _scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        self.run_and_show(input, outputs, None)
    }

    /// Runs the network on zeros. Where a run writes in tract's scratch depends on shapes and on no value, so that this
    /// writes wherever an earlier run did.
    fn forget(&mut self) -> Result<(), InferError> {
        if !self.has_run {
            return Ok(());
        }
        let zeros = vec![0.0; self.kind.input_len()];
        let mut outputs = outputs(self.kind);
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        self.run_and_show(&zeros, &mut slices, None)?;
        self.has_run = false;
        Ok(())
    }
}

fn build(model: &VerifiedModel<'_>, operators: Operators) -> TractResult<Arc<TypedSimplePlan>> {
    let mut graph = tract_onnx::onnx().model_for_read(&mut Cursor::new(model.bytes()))?;
    operators.place(&mut graph);
    graph.into_optimized()?.into_runnable()
}

/// Memory for the outputs of `kind`.
fn outputs(kind: ModelKind) -> Vec<Vec<f32>> {
    let lengths = kind.outputs().iter().map(|spec| spec.values());
    lengths.map(|values| vec![0.0; values]).collect()
}

/// Runs `plan` on zeros, with outputs as long as they should be.
fn try_out(kind: ModelKind, plan: &Arc<TypedSimplePlan>) -> TractResult<()> {
    let zeros = vec![0.0; kind.input_len()];
    let mut outputs = outputs(kind);
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    compute(&mut Turns::new(plan)?, kind, &zeros, &mut slices, None)
}

fn compute(
    turns: &mut Turns,
    kind: ModelKind,
    input: &[f32],
    outputs: &mut [&mut [f32]],
    look: Option<Look<'_>>,
) -> TractResult<()> {
    let results = turns.run(Tensor::from_shape(kind.input().shape(), input)?, look)?;
    tract_onnx::tract_core::internal::ensure!(results.len() == outputs.len(), "other outputs than expected");
    for (output, result) in outputs.iter_mut().zip(&results) {
        let values = result.try_as_plain_ram()?.as_slice::<f32>()?;
        tract_onnx::tract_core::internal::ensure!(values.len() == output.len(), "an output of another shape");
        output.copy_from_slice(values);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(kind: ModelKind, operators: Operators) -> TractPlan {
        TractPlan::load_with(&VerifiedModel::embedded(kind).unwrap(), operators).unwrap()
    }

    /// How many operators of the optimised network bear each of our names: PRelu, MaxPool2.
    fn own_operators(plan: &TractPlan) -> [usize; 2] {
        ["MorettaPRelu", "MorettaMaxPool2"].map(|name| {
            let nodes = plan.plan.model().nodes();
            nodes.iter().filter(|node| node.op().name() == name).count()
        })
    }

    fn computed(plan: &TractPlan, input: &[f32]) -> Vec<Vec<f32>> {
        let mut outputs = outputs(plan.kind);
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        plan.network().unwrap().run(&mut [], input, &mut slices).unwrap();
        outputs
    }

    /// The numbers are those of the ONNX files. A tract that names its operators otherwise would get none of ours.
    #[test]
    fn own_operators_take_the_place_of_all_that_they_compute() {
        let expected = [
            (ModelKind::ShortRange, [0, 3]),
            (ModelKind::FullRange, [0, 4]),
            (ModelKind::Landmarks, [69, 6]),
            (ModelKind::Blendshapes, [0, 0]),
        ];
        for (kind, counts) in expected {
            assert_eq!(own_operators(&loaded(kind, Operators::Own)), counts, "{kind}");
            assert_eq!(own_operators(&loaded(kind, Operators::Tract)), [0, 0], "{kind}");
        }
    }

    /// tract may fuse other operators round its own, and so round otherwise.
    #[test]
    fn own_operators_compute_what_tracts_do() {
        for kind in ModelKind::ALL {
            let input: Vec<f32> = (0..kind.input_len())
                .map(|i| (i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32)
                .collect();
            let [own, tracts] = [Operators::Own, Operators::Tract]
                .map(|operators| computed(&loaded(kind, operators), &input));
            for (own, tracts) in own.iter().zip(&tracts) {
                let scale = tracts.iter().fold(1.0_f32, |scale, value| scale.max(value.abs()));
                let difference = own.iter().zip(tracts).fold(0.0_f32, |largest, (own, tracts)| {
                    largest.max((own - tracts).abs())
                });
                assert!(difference <= 1e-5 * scale, "{kind}: {difference} of {scale}");
            }
        }
    }
}
