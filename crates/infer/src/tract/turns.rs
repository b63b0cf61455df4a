//! A plan's steps, one after the other, without a word.
//!
//! tract's own loop logs every step. An app's logger would hear on the face thread which network runs how often, and so
//! how many faces are in sight.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{TractErrorContext, bail};
use tract_onnx::tract_core::model::order::build_flush_list;
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::plan::{SessionId, eval};

use super::Look;

/// What runs a plan, on the thread that made it.
pub(super) struct Turns {
    plan: Arc<TypedSimplePlan>,
    /// What operators keep from run to run; dropped, it has them drop what they keep on this thread.
    state: TypedSimpleState,
    /// By what operators know `state`.
    session: SessionId,
    inputs: Vec<OutletId>,
    outputs: Vec<OutletId>,
    /// By step: whose values no later step needs.
    spent: Vec<TVec<usize>>,
    /// By node: those of constants always, others only within a run.
    values: Vec<Option<TVec<TValue>>>,
}

impl Turns {
    pub(super) fn new(plan: &Arc<TypedSimplePlan>) -> TractResult<Self> {
        let mut state = plan.spawn()?;
        let model = plan.model();
        let (inputs, outputs) = (model.input_outlets()?.to_vec(), model.output_outlets()?.to_vec());
        let order = plan.order_without_consts();
        Ok(Self {
            session: session(&mut state)?,
            spent: build_flush_list(model, order, &outputs, |node| !node.op_is::<Const>()),
            values: model
                .nodes()
                .iter()
                .map(|node| {
                    let constant = node.op_as::<Const>()?;
                    Some(tvec!(constant.val().clone().into_tvalue()))
                })
                .collect(),
            plan: Arc::clone(plan),
            state,
            inputs,
            outputs,
        })
    }

    /// Computes the outputs of `input`, and shows `look` what each operator gives. Nothing of the run stays here.
    pub(super) fn run(&mut self, input: Tensor, look: Option<Look<'_>>) -> TractResult<TVec<TValue>> {
        let outputs = self.steps(input, look);
        for &node in self.plan.order_without_consts() {
            self.values[node] = None;
        }
        outputs
    }

    fn steps(&mut self, input: Tensor, mut look: Option<Look<'_>>) -> TractResult<TVec<TValue>> {
        let [only] = &self.inputs[..] else {
            bail!("{} inputs where one was expected", self.inputs.len());
        };
        let values = &mut self.values;
        values[only.node] = Some(tvec!(input.into_tvalue()));
        let value = |values: &[Option<TVec<TValue>>], outlet: &OutletId| {
            let slots = values[outlet.node].as_ref();
            let value = slots.and_then(|slots| slots.get(outlet.slot));
            value.cloned().context("a step before the ones that it needs")
        };
        for (step, &id) in self.plan.order_without_consts().iter().enumerate() {
            let node = self.plan.model().node(id);
            let needs = node.inputs.iter().map(|outlet| value(values, outlet));
            let mut needed = needs.collect::<TractResult<TVec<_>>>()?;
            // Given up first, so that the operator may write its results there.
            for &spent in &self.spent[step] {
                values[spent] = None;
            }
            if node.inputs.is_empty()
                && let Some(given) = values[id].take()
            {
                needed = given;
            }
            let context = self.state.turn_state.context(self.session, id);
            let results = eval(&context, self.state.op_states[id].as_deref_mut(), node, needed)?;
            if let Some(look) = &mut look {
                show(&results, look)?;
            }
            values[id] = Some(results);
        }
        self.outputs.iter().map(|outlet| value(values, outlet)).collect()
    }
}

/// The name of `state`, which tract tells to operators alone: a run that is stopped at its first one.
fn session(state: &mut TypedSimpleState) -> TractResult<SessionId> {
    let facts = state.plan().model().input_outlets()?.to_vec();
    let zeros = facts.iter().map(|outlet| {
        let fact = state.plan().model().outlet_fact(*outlet)?;
        let shape = fact.shape.as_concrete().context("an input of no fixed shape")?;
        Ok(Tensor::zero_dt(fact.datum_type, shape)?.into_tvalue())
    });
    let zeros = zeros.collect::<TractResult<TVec<_>>>()?;
    let mut session = None;
    let stopped = state.run_plan_with_eval(zeros, |context, _, _, _| {
        session = Some(context.session);
        Err(std::fmt::Error)
    });
    state.reset_turn()?;
    if stopped.is_ok() {
        bail!("a network without operators");
    }
    session.context("a network without operators")
}

fn show(results: &[TValue], look: &mut Look<'_>) -> TractResult<()> {
    for result in results {
        if result.as_plain_ram_storage().is_some() && result.datum_type() == f32::datum_type() {
            look(result.shape(), result.try_as_plain_ram()?.as_slice::<f32>()?);
        }
    }
    Ok(())
}
