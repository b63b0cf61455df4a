//! Operators that only say how values are looked at.

use super::node::Reader;
use super::sums::matrix_shape;
use super::{Given, Layout, Lowering, View};
use crate::KernelError;
use crate::onnx::{Values, values_of};
use crate::step::{Form, Kind, Part, Step};

/// ONNX's number of `f32`.
const F32: i64 = 1;

impl<'a> Lowering<'_, 'a> {
    /// Constants are `f32` since they were read.
    pub(super) fn cast(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(1..=1)?;
        let tensor = self.constant(node, 0)?.clone();
        let to = node.int("to", 0)?;
        if to != F32 || !matches!(tensor.values, Values::Floats(_)) {
            return node.unsupported("a cast of numbers to f32", to);
        }
        self.name(node.output()?, Given::Constant(tensor), &node.place())
    }

    pub(super) fn identity(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(1..=1)?;
        let given = self.given(node, 0)?.clone();
        self.rename(node, given)
    }

    /// Has the node's output stand for `given`, which is what its input is.
    ///
    /// What follows may become part of the step only if nothing else takes the tensor, by either name. So the input's
    /// other takers are the output's as well.
    fn rename(&mut self, node: &Reader<'_, 'a>, given: Given) -> Result<(), KernelError> {
        let (name, from) = (node.output()?, node.input(0).unwrap_or_default());
        let others = self.takers.get(from).map_or(0, Vec::len).saturating_sub(1);
        let takers = self.takers.entry(name).or_default();
        takers.extend(std::iter::repeat_n(usize::MAX, others));
        self.name(name, given, &node.place())
    }

    pub(super) fn transpose(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(1..=1)?;
        let mut view = self.view(node, 0)?;
        let order = node.ints("perm", &[])?;
        let rank = view.shape.len();
        let swapped: Vec<i64> = (0..rank as i64)
            .map(|axis| match rank as i64 - axis {
                1 => axis - 1,
                2 => axis + 1,
                _ => axis,
            })
            .collect();
        match view.layout {
            Layout::Planar if order == [0, 2, 3, 1] => {
                view.layout = Layout::Rowwise;
                view.shape = vec![1, view.rows, view.width, view.channels];
            }
            Layout::Rowwise if order == swapped && self.matrix(node, 0).is_ok() => {
                view.layout = Layout::Across;
                view.shape.swap(rank - 2, rank - 1);
            }
            Layout::Across if order == swapped => {
                view.layout = Layout::Rowwise;
                view.shape.swap(rank - 2, rank - 1);
            }
            _ => return node.unsupported("channels last, or a matrix across", format!("{order:?}")),
        }
        self.rename(node, Given::View(view))
    }

    pub(super) fn reshape(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(2..=2)?;
        let mut view = self.view(node, 0)?;
        let numbers = self.integers(node, 1)?;
        let shape = if node.operator() == "Squeeze" {
            squeezed(&view.shape, &numbers)
        } else {
            node.expect_int("allowzero", 0)?;
            let side = |side: &i64| usize::try_from(*side).ok().filter(|it| *it > 0);
            numbers.iter().map(side).collect()
        };
        let Some(shape) = shape else {
            return node.unsupported("sides in numbers", format!("{numbers:?}"));
        };
        // One channel, or one pixel, has the same order in planes and in rows.
        if view.layout == Layout::Planar && (view.channels == 1 || view.rows * view.width == 1) {
            view.layout = Layout::Rowwise;
        }
        let values = values_of(&shape, &node.place())?;
        if view.layout != Layout::Rowwise || values != view.shape.iter().product() {
            return node.unsupported("as many values, in the order of rows", format!("{shape:?}"));
        }
        view.shape = shape;
        self.rename(node, Given::View(view))
    }

    pub(super) fn pad(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(2..=2)?;
        let mut view = self.picture(node)?;
        let pads = self.integers(node, 1)?;
        node.expect_text("mode", "constant", "constant")?;
        let [0, 0, 0, 0, 0, more @ 0..=4096, 0, 0] = pads[..] else {
            return node.unsupported("more channels behind those that are there", format!("{pads:?}"));
        };
        if !self.steps[view.operand.step].is_zero_beyond() {
            return node.unsupported("a tensor with zeros behind its channels", "another");
        }
        view.channels += more as usize;
        view.shape[1] = view.channels;
        values_of(&view.shape, &node.place())?;
        self.rename(node, Given::View(view))
    }

    pub(super) fn slice(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(4..=5)?;
        let mut view = self.matrix(node, 0)?;
        let axis = view.shape.len() as i64 - 2;
        let (starts, ends) = (self.integers(node, 1)?, self.integers(node, 2)?);
        let axes = self.integers(node, 3)?;
        let ([start], [end], true) = (&starts[..], &ends[..], axes == [axis]) else {
            return node.unsupported("a slice of rows", format!("axes {axes:?}"));
        };
        if node.input(4).is_some() && self.integers(node, 4)? != [1] {
            return node.unsupported("each row of a slice", "some");
        }
        let rows = 0..=view.rows as i64;
        if !rows.contains(start) || !rows.contains(end) || start >= end {
            return node.unsupported("rows that are there", format!("{start}..{end}"));
        }
        view.operand.first += *start as usize;
        view.rows = (end - start) as usize;
        view.shape[axis as usize] = view.rows;
        self.rename(node, Given::View(view))
    }

    pub(super) fn concat(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        let place = node.place();
        let axis = node.int("axis", 0)?;
        let output = node.output()?;
        let takers = self.takers.get(output).map_or(&[][..], |it| it);
        if takers.iter().all(|taker| *taker == usize::MAX) {
            let views = (0..node.inputs().len()).map(|index| self.view(node, index));
            let views = views.collect::<Result<Vec<_>, _>>()?;
            let are_rows = views.iter().all(|view| view.layout == Layout::Rowwise);
            let Some(shape) = stacked(&views, axis).filter(|_| are_rows) else {
                return node.unsupported("parts one after the other", format!("axis {axis}"));
            };
            values_of(&shape, &place)?;
            return self.name(output, Given::Parts(views, shape), &place);
        }
        let mut parts = Vec::new();
        let mut rows = 0;
        let mut alike = None;
        for index in 0..node.inputs().len() {
            let (part, channels, rank) = self.part(node, index)?;
            if alike.is_some_and(|it| it != (channels, rank)) {
                return node.unsupported("parts of one width", channels);
            }
            alike = Some((channels, rank));
            rows += part.rows();
            parts.push(part);
        }
        let Some((channels, rank)) = alike.filter(|it| axis == it.1 as i64 - 2) else {
            return node.unsupported("parts one below the other", format!("axis {axis}"));
        };
        let step = Step::new(Kind::Concat(parts), Form::new(rows, 1, channels));
        let shape = matrix_shape(rank, rows, channels);
        self.give(output, step, Layout::Rowwise, shape, &place)
    }

    /// Input `index`, a matrix, with its columns and the number of its sides.
    fn part(&mut self, node: &Reader<'_, 'a>, index: usize) -> Result<(Part, usize, usize), KernelError> {
        let Given::Constant(tensor) = self.given(node, index)? else {
            let view = self.matrix(node, index)?;
            let part = Part::Rows(view.operand, view.rows);
            return Ok((part, view.channels, view.shape.len()));
        };
        let rank = tensor.shape.len();
        if let (Values::Floats(values), [.., rows, channels]) = (&tensor.values, &tensor.shape[..])
            && tensor.shape == matrix_shape(rank, *rows, *channels)
        {
            let (values, rows, channels) = (values.clone(), *rows, *channels);
            return Ok((Part::Weights(self.weights.keep(&values, 0), rows), channels, rank));
        }
        node.unsupported("matrices", format!("{:?}", tensor.shape))
    }
}

/// `shape` without the sides of 1 that `axes` names.
fn squeezed(shape: &[usize], axes: &[i64]) -> Option<Vec<usize>> {
    let is_one = |axis: &i64| usize::try_from(*axis).ok().and_then(|it| shape.get(it)) == Some(&1);
    let left = shape.iter().enumerate();
    let left = left.filter(|(axis, _)| !axes.contains(&(*axis as i64)));
    axes.iter().all(is_one).then(|| left.map(|it| *it.1).collect())
}

/// The shape of `views` one after the other along `axis`, if only ones come before it.
fn stacked(views: &[View], axis: i64) -> Option<Vec<usize>> {
    let axis = usize::try_from(axis).ok()?;
    let mut shape = views.first()?.shape.clone();
    if !shape.get(..axis)?.iter().all(|side| *side == 1) {
        return None;
    }
    let mut sum = 0_usize;
    for view in views {
        let side = *view.shape.get(axis)?;
        let mut alike = view.shape.clone();
        *alike.get_mut(axis)? = shape[axis];
        if alike != shape {
            return None;
        }
        sum = sum.checked_add(side)?;
    }
    shape[axis] = sum;
    Some(shape)
}
