use super::node::Reader;
use super::{Layout, Lowering};
use crate::KernelError;
use crate::onnx::Node;
use crate::simd::LANES;
use crate::step::{Form, Kind, Step};

/// What a normalisation consists of.
struct Found {
    epsilon: f32,
    factors: Vec<f32>,
    /// The node that gives the result.
    last: usize,
    parts: Vec<usize>,
}

impl<'a> Lowering<'_, 'a> {
    /// Makes one step of the operators by which the files say `x * s - mean(x) * s`, where
    /// `s = f / sqrt(mean((x - mean(x))^2) + e)`, if node `index` is the first of them.
    pub(super) fn normalisation(&mut self, index: usize) -> Result<bool, KernelError> {
        let Some(found) = self.find(index) else {
            return Ok(false);
        };
        let graph = self.graph;
        let view = self.matrix(&Reader::new(&graph.nodes[index]), 0)?;
        let form = Form::new(view.rows, 1, view.channels);
        let kind = Kind::Norm {
            from: view.operand,
            factors: self.weights.keep(&found.factors, 0),
            epsilon: found.epsilon,
        };
        for part in found.parts {
            self.done[part] = true;
        }
        let last = Reader::new(&graph.nodes[found.last]);
        let step = Step::new(kind, form);
        self.give(last.output()?, step, Layout::Rowwise, view.shape, &last.place())?;
        Ok(true)
    }

    fn find(&self, index: usize) -> Option<Found> {
        let nodes = &self.graph.nodes;
        let output = |at: usize| nodes[at].outputs.first().copied();
        let average = &nodes[index];
        let tensor = *average.inputs.first()?;
        let view = self.matrix(&Reader::new(average), 0).ok()?;
        let axis = [view.shape.len() as i64 - 1];
        let is_mean = |node: &Node<'a>| {
            let mut node = Reader::new(node);
            let along = node.ints("axes", &[]).ok().as_deref() == Some(&axis);
            along && node.expect_int("keepdims", 1).is_ok() && node.finish().is_ok()
        };
        let is_exact = view.channels == self.form(&view).stride && view.channels.is_multiple_of(LANES);
        if !is_mean(average) || !is_exact {
            return None;
        }
        // The mean is taken twice: negated, and from the tensor.
        let mean = output(index)?;
        let takers = self.takers.get(mean)?;
        let taken_by = |operator: &str| {
            let of = |it: &&usize| nodes.get(**it).is_some_and(|node| node.operator == operator);
            takers.iter().find(of).copied()
        };
        let (negated, less) = (taken_by("Neg")?, taken_by("Sub")?);
        if takers.len() != 2 || nodes[less].inputs != [tensor, mean] {
            return None;
        }
        // The square of the difference, its mean, and what becomes of that.
        let difference = output(less)?;
        let [square, again] = self.takers.get(difference)?[..] else {
            return None;
        };
        if square != again || nodes.get(square)?.operator != "Mul" {
            return None;
        }
        let variance = self.sole_taker(output(square)?, "ReduceMean")?;
        let plus = self.sole_taker(output(variance)?, "Add")?;
        let root = self.sole_taker(output(plus)?, "Sqrt")?;
        let inverse = self.sole_taker(output(root)?, "Reciprocal")?;
        let scale = self.sole_taker(output(inverse)?, "Mul")?;
        if !is_mean(&nodes[variance])
            || nodes[plus].inputs.first() != output(variance).as_ref()
            || nodes[scale].inputs.first() != output(inverse).as_ref()
        {
            return None;
        }
        let (_, epsilon) = self.floats(&Reader::new(&nodes[plus]), 1).ok()?;
        let (sides, factors) = self.floats(&Reader::new(&nodes[scale]), 1).ok()?;
        let [epsilon] = *epsilon else { return None };
        if sides != [view.channels] {
            return None;
        }
        // Both products with the scale, and their sum.
        let scaled = output(scale)?;
        let [one, other] = self.takers.get(scaled)?[..] else {
            return None;
        };
        let [plain, shifted] = if nodes.get(one)?.inputs.first() == Some(&tensor) {
            [one, other]
        } else {
            [other, one]
        };
        let are_products = [nodes.get(plain)?, nodes.get(shifted)?]
            .iter()
            .all(|node| node.operator == "Mul");
        let last = self.sole_taker(output(plain)?, "Add")?;
        let is_whole = are_products
            && nodes[plain].inputs == [tensor, scaled]
            && nodes[shifted].inputs == [output(negated)?, scaled]
            && nodes[last].inputs == [output(plain)?, output(shifted)?]
            && self.sole_taker(output(negated)?, "Mul") == Some(shifted)
            && self.sole_taker(output(shifted)?, "Add") == Some(last);
        let parts = vec![
            index, negated, less, square, variance, plus, root, inverse, scale, plain, shifted, last,
        ];
        let known = |at: &usize| is_mean(&nodes[*at]) || nodes[*at].attributes.is_empty();
        (is_whole && parts.iter().all(known)).then(|| Found {
            epsilon,
            factors: factors.to_vec(),
            last,
            parts,
        })
    }
}
