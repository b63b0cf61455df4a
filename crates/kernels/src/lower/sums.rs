use super::node::Reader;
use super::{Given, Layout, Lowering, View};
use crate::KernelError;
use crate::kernels::{Operator, Tap};
use crate::onnx::Values;
use crate::simd::LANES;
use crate::step::{After, Form, Kind, Source, Step};

impl<'a> Lowering<'_, 'a> {
    pub(super) fn add(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(2..=2)?;
        if self.bias(node)? {
            return Ok(());
        }
        for (host, other) in [(0, 1), (1, 0)] {
            if self.residual(node, host, other)? {
                return Ok(());
            }
        }
        self.small(node)
    }

    /// Makes a constant that is added to a matrix product its bias.
    fn bias(&mut self, node: &Reader<'_, 'a>) -> Result<bool, KernelError> {
        let (Given::View(view), Given::Constant(tensor)) = (self.given(node, 0)?, self.given(node, 1)?)
        else {
            return Ok(false);
        };
        let Values::Floats(values) = &tensor.values else {
            return Ok(false);
        };
        let (view, values) = (view.clone(), values.clone());
        let last = view.shape.last().copied().unwrap_or_default();
        let name = node.input(0).unwrap_or_default();
        if !self.is_open(name, &view) || tensor.shape != [last] {
            return Ok(false);
        }
        let step = &mut self.steps[view.operand.step];
        let (bias, len) = match (&mut step.kind, view.layout) {
            (Kind::Conv { bias, .. }, Layout::Rowwise) => (bias, step.form.stride),
            (Kind::Left { bias, .. }, Layout::Across) => (bias, 0),
            _ => return Ok(false),
        };
        let is_taken = self.weights.of(bias).iter().any(|it| *it != 0.0);
        if step.residual.is_some() || is_taken {
            return Ok(false);
        }
        *bias = self.weights.keep(&values, len);
        self.name(node.output()?, Given::View(view), &node.place())?;
        Ok(true)
    }

    /// Has the step that gives input `host` add input `other`, if it can.
    fn residual(&mut self, node: &Reader<'_, 'a>, host: usize, other: usize) -> Result<bool, KernelError> {
        let (Given::View(view), Given::View(added)) = (self.given(node, host)?, self.given(node, other)?)
        else {
            return Ok(false);
        };
        let (view, added) = (view.clone(), added.clone());
        let (step, from) = (&self.steps[view.operand.step], &self.steps[added.operand.step]);
        let alike = view.layout == added.layout
            && view.shape == added.shape
            && (view.rows, view.width, view.channels) == (added.rows, added.width, added.channels);
        let (hosts, hosts_fewer_channels) = match step.kind {
            Kind::Conv { .. } => (true, true),
            Kind::Left { .. } | Kind::Resize { .. } => (true, false),
            _ => (false, false),
        };
        // What lies beyond the channels of the one is added to channels of the other.
        let fits = (from.form.stride == step.form.stride || hosts_fewer_channels)
            && from.form.stride.is_multiple_of(LANES)
            && (from.form.channels == added.channels || from.is_zero_beyond());
        let name = node.input(host).unwrap_or_default();
        if !alike || !hosts || !fits || step.residual.is_some() || !self.is_open(name, &view) {
            return Ok(false);
        }
        self.steps[view.operand.step].residual = Some(added.operand);
        self.name(node.output()?, Given::View(view), &node.place())?;
        Ok(true)
    }

    pub(super) fn activation(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        let view = self.view(node, 0)?;
        let name = node.input(0).unwrap_or_default();
        let sloped = node.operator() == "PRelu";
        node.expect_inputs(if sloped { 2..=2 } else { 1..=1 })?;
        let after = match node.operator() {
            "PRelu" => {
                let (shape, slopes) = self.floats(node, 1)?;
                let per_channel = [&[view.channels, 1, 1][..], &[1, view.channels, 1, 1]];
                if view.layout != Layout::Planar || !per_channel.contains(&shape) {
                    return node.unsupported("one slope a channel", format!("{shape:?}"));
                }
                let slopes = slopes.to_vec();
                After::Prelu(self.weights.keep(&slopes, self.form(&view).stride))
            }
            "Relu" => After::Relu,
            _ => After::Sigmoid,
        };
        let step = &self.steps[view.operand.step];
        let hosts = match step.kind {
            Kind::Conv { .. } | Kind::Resize { .. } | Kind::Depthwise { .. } => true,
            Kind::Left { .. } => !sloped,
            _ => false,
        };
        if hosts && self.is_open(name, &view) {
            self.steps[view.operand.step].after = after;
            return self.name(node.output()?, Given::View(view), &node.place());
        }
        // By itself it follows a resizing to the same size.
        self.expect_whole(node, &view)?;
        self.expect_vectors(node, &view)?;
        let [rows, columns] = [view.rows, view.width]
            .map(|len| (0..len).map(|index| Tap::half_pixel(index, 1.0, len)).collect());
        let kind = Kind::Resize {
            from: view.operand,
            rows,
            columns,
        };
        let mut step = Step::new(kind, Form::new(view.rows, view.width, view.channels));
        step.after = after;
        self.give(node.output()?, step, view.layout, view.shape, &node.place())
    }

    /// Operators on few values, with rows and channels broadcast.
    pub(super) fn small(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        let (operator, count) = match node.operator() {
            "Add" => (Operator::Add, 2),
            "Sub" => (Operator::Sub, 2),
            "Mul" => (Operator::Mul, 2),
            "Div" => (Operator::Div, 2),
            "Neg" => (Operator::Neg, 1),
            "Sqrt" => (Operator::Sqrt, 1),
            _ => (Operator::Reciprocal, 1),
        };
        node.expect_inputs(count..=count)?;
        let mut sources = Vec::new();
        let mut seen: Option<View> = None;
        let mut sides = [1; 3];
        for index in 0..count {
            let (source, found) = self.source(node, index)?;
            if let Given::View(view) = self.given(node, index)? {
                // One order, one number of axes, and pictures of one width: then a side is broadcast, or as long.
                let alike = seen.as_ref().is_none_or(|it| {
                    (it.layout, it.width, it.shape.len()) == (view.layout, view.width, view.shape.len())
                });
                if !alike {
                    return node.unsupported("tensors of one order", format!("{:?}", view.shape));
                }
                seen = Some(view.clone());
            }
            for (side, found) in sides.iter_mut().zip(found) {
                if found != 1 && *side != 1 && found != *side {
                    return node.unsupported("tensors of one size", format!("{found} for {side}"));
                }
                *side = (*side).max(found);
            }
            sources.push(source);
        }
        let Some(seen) = seen else {
            return node.unsupported("a tensor that is computed", "constants");
        };
        let [rows, width, channels] = sides;
        let shape = match seen.layout {
            Layout::Planar => vec![1, channels, rows, width],
            _ if width > 1 => return node.unsupported("a matrix or a picture", format!("{sides:?}")),
            Layout::Rowwise => matrix_shape(seen.shape.len(), rows, channels),
            Layout::Across => matrix_shape(seen.shape.len(), channels, rows),
        };
        let mut sources = sources.into_iter();
        let (Some(a), b) = (sources.next(), sources.next()) else {
            return node.unsupported("an input", 0);
        };
        let step = Step::new(Kind::Small { operator, a, b }, Form::new(rows, width, channels));
        self.give(node.output()?, step, seen.layout, shape, &node.place())
    }

    /// Input `index`, and its rows, columns and channels.
    fn source(&mut self, node: &Reader<'_, 'a>, index: usize) -> Result<(Source, [usize; 3]), KernelError> {
        match self.given(node, index)?.clone() {
            Given::View(view) => {
                self.expect_whole(node, &view)?;
                let is_matrix = view.shape == matrix_shape(view.shape.len(), view.rows, view.channels);
                if view.layout == Layout::Rowwise && !is_matrix {
                    return node.unsupported("a matrix or a picture", format!("{:?}", view.shape));
                }
                Ok((Source::Rows(view.operand), [view.rows, view.width, view.channels]))
            }
            Given::Constant(tensor) => {
                let Values::Floats(values) = tensor.values else {
                    return node.unsupported("numbers", "integers");
                };
                // A list of numbers goes along the last side, which is the channels where that is the rows' order.
                let is_rowwise = |it| {
                    self.view(node, it)
                        .is_ok_and(|view| view.layout == Layout::Rowwise)
                };
                let fits = tensor.shape.len() <= 1
                    && (values.len() == 1 || (0..node.inputs().len()).any(is_rowwise));
                if !fits {
                    return node.unsupported("a constant a channel, or one", format!("{:?}", tensor.shape));
                }
                let range = self.weights.keep(&values, 0);
                Ok((Source::Weights(range), [1, 1, values.len()]))
            }
            Given::Parts(..) => node.unsupported("a tensor in one piece", "several"),
        }
    }

    /// Refuses views of some rows, or of more channels than there are.
    fn expect_whole(&self, node: &Reader<'_, 'a>, view: &View) -> Result<(), KernelError> {
        let form = self.form(view);
        if view.operand.first == 0 && view.rows == form.rows && view.channels == form.channels {
            return Ok(());
        }
        node.unsupported("a whole tensor", format!("{:?}", view.shape))
    }

    pub(super) fn reduce(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        let mean = node.operator() == "ReduceMean";
        let view = self.matrix(node, 0)?;
        self.expect_whole(node, &view)?;
        let axes = if mean {
            node.expect_inputs(1..=1)?;
            node.ints("axes", &[])?
        } else {
            node.expect_inputs(2..=2)?;
            node.expect_int("noop_with_empty_axes", 0)?;
            self.integers(node, 1)?
        };
        node.expect_int("keepdims", 1)?;
        let rank = view.shape.len() as i64;
        let over_rows = match axes[..] {
            [axis] if axis == rank - 2 => true,
            [axis] if axis == rank - 1 => false,
            _ => return node.unsupported("one of the last two axes", format!("{axes:?}")),
        };
        let (rows, channels, count) = if over_rows {
            (1, view.channels, view.rows)
        } else {
            (view.rows, 1, view.channels)
        };
        let kind = Kind::Reduce {
            from: view.operand,
            count,
            over_rows,
            mean,
        };
        let shape = matrix_shape(view.shape.len(), rows, channels);
        let step = Step::new(kind, Form::new(rows, 1, channels));
        self.give(node.output()?, step, Layout::Rowwise, shape, &node.place())
    }
}

/// `rank` sides, of which the last two are these and the others 1.
pub(super) fn matrix_shape(rank: usize, rows: usize, columns: usize) -> Vec<usize> {
    let mut shape = vec![1; rank.saturating_sub(2)];
    shape.extend([rows, columns]);
    shape
}
