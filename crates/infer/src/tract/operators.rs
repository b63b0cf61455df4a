use tract_onnx::tract_hir::internal::*;
use tract_onnx::tract_hir::ops::cnn::HirMaxPool;

use super::max_pool::MaxPool2;
use super::prelu::PRelu;

/// Whose operators a network is built of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operators {
    /// Ours where they apply, tract's elsewhere.
    Own,
    /// Only tract's: what ours are compared with.
    #[cfg(test)]
    Tract,
}

impl Operators {
    /// Puts our operators into a graph that has been read and not yet been typed.
    pub(super) fn place(self, graph: &mut InferenceModel) {
        #[cfg(test)]
        if self == Self::Tract {
            return;
        }
        for node in graph.nodes_mut() {
            let Some(expansion) = node.op_as::<Box<dyn Expansion>>() else {
                continue;
            };
            if let Some(own) = Own::instead_of(expansion.as_ref()) {
                node.op = expand(Replaced {
                    original: expansion.clone(),
                    own,
                });
            }
        }
    }
}

/// One of our operators, before it is known whether it fits the tensors.
#[derive(Clone, Copy, Debug)]
enum Own {
    PRelu,
    MaxPool2,
}

impl Own {
    fn instead_of(original: &dyn Expansion) -> Option<Self> {
        if let Some(pool) = original.as_any().downcast_ref::<HirMaxPool>() {
            return MaxPool2::computes(pool).then_some(Self::MaxPool2);
        }
        // tract's type for this one is private; a test counts what is replaced.
        (original.name() == "Prelu").then_some(Self::PRelu)
    }

    fn fitted(self, inputs: &[&TypedFact]) -> TractResult<Option<Box<dyn TypedOp>>> {
        Ok(match self {
            Self::PRelu => PRelu::fitted(inputs)?.map(|op| Box::new(op) as _),
            Self::MaxPool2 => MaxPool2::fitted(inputs).map(|op| Box::new(op) as _),
        })
    }
}

/// tract's operator, for which ours steps in when the tensors are known and fit.
#[derive(Clone, Debug)]
struct Replaced {
    original: Box<dyn Expansion>,
    own: Own,
}

impl Expansion for Replaced {
    fn name(&self) -> StaticName {
        self.original.as_ref().name()
    }

    fn nboutputs(&self) -> TractResult<usize> {
        self.original.as_ref().nboutputs()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        self.original.as_ref().rules(solver, inputs, outputs)
    }

    fn wire(&self, prefix: &str, model: &mut TypedModel, inputs: &[OutletId]) -> TractResult<TVec<OutletId>> {
        let facts = inputs
            .iter()
            .map(|input| model.outlet_fact(*input))
            .collect::<TractResult<TVec<_>>>()?;
        let own = self.own.fitted(&facts)?;
        drop(facts);
        match own {
            // Ours take the tensor alone: what else they need is constant and inside.
            Some(own) => model.wire_node(prefix, own, &inputs[..1]),
            None => self.original.wire(prefix, model, inputs),
        }
    }
}
