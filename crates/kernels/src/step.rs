//! What a plan is made of: steps, each of which gives the rows of one tensor.

use std::ops::Range;

use crate::kernels::{Operator, Tap};
use crate::simd::LANES;

/// The longest side of a kernel.
pub(crate) const MOST_SIDE: usize = 8;

/// The index of a step.
pub(crate) type StepId = usize;

/// How a step's tensor lies in memory: rows of pixels of channels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    pub(crate) rows: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    /// Values from a pixel to the next. Those beyond `channels` are 0 or nobody's concern: see [`Step::is_zero_beyond`].
    pub(crate) stride: usize,
    /// Pixels of zeros before and after each row, for a convolution that reaches there.
    pub(crate) left: usize,
    pub(crate) right: usize,
}

impl Form {
    pub(crate) fn new(rows: usize, width: usize, channels: usize) -> Self {
        Self {
            rows,
            width,
            channels,
            stride: channels.next_multiple_of(LANES),
            left: 0,
            right: 0,
        }
    }

    /// Values from a row to the next.
    pub(crate) fn pitch(&self) -> usize {
        (self.left + self.width + self.right) * self.stride
    }

    /// The values of a row's own pixels, within the row.
    pub(crate) fn inside(&self) -> Range<usize> {
        self.left * self.stride..(self.left + self.width) * self.stride
    }

    pub(crate) fn is_padded(&self) -> bool {
        self.left + self.right > 0
    }
}

/// Rows of a step's tensor, from `first` on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Operand {
    pub(crate) step: StepId,
    pub(crate) first: usize,
}

/// What follows a step's own computation. Ranges are of the plan's weights.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum After {
    Nothing,
    Relu,
    Prelu(Range<usize>),
    Sigmoid,
}

/// Where a kernel stands: its sides, its stride, and how far it reaches beyond the tensor at the top and at the left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Window {
    pub(crate) sides: [usize; 2],
    pub(crate) strides: [usize; 2],
    pub(crate) top: usize,
    pub(crate) left: usize,
}

impl Window {
    /// The rows of `len` that the kernel covers for row `row` of what it gives, and the kernel's first row among them.
    pub(crate) fn rows(&self, row: usize, len: usize) -> (Range<usize>, usize) {
        let start = row * self.strides[0];
        let first = start.saturating_sub(self.top);
        let end = (start + self.sides[0]).saturating_sub(self.top).min(len);
        (first..end.max(first), (first + self.top).saturating_sub(start))
    }
}

/// What an operator on few values takes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Source {
    /// A tensor: with one row for all, or a row each; with one channel for all, or a channel each.
    Rows(Operand),
    /// One weight for all, or one a channel.
    Weights(Range<usize>),
}

/// A part of a tensor that is put together row by row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Part {
    Rows(Operand, usize),
    Weights(Range<usize>, usize),
}

impl Part {
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::Rows(_, rows) | Self::Weights(_, rows) => *rows,
        }
    }
}

/// What a step computes. Ranges are of the plan's weights.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Kind {
    /// The network's input: planes of channels, or rows.
    Input { planar: bool },
    /// A convolution, or a matrix product with weights on the right.
    Conv {
        from: Operand,
        window: Window,
        weights: Range<usize>,
        bias: Range<usize>,
        segment_len: usize,
    },
    /// A convolution of each channel for itself.
    Depthwise {
        from: Operand,
        window: Window,
        weights: Range<usize>,
        bias: Range<usize>,
    },
    /// The greatest of each 2 x 2.
    Pool { from: Operand },
    /// Bilinear.
    Resize {
        from: Operand,
        rows: Vec<Tap>,
        columns: Vec<Tap>,
    },
    /// A matrix product with weights on the left.
    Left {
        from: Operand,
        depth: usize,
        weights: Range<usize>,
        bias: Range<usize>,
    },
    /// Rows less their mean, over their deviation, times factors.
    Norm {
        from: Operand,
        factors: Range<usize>,
        epsilon: f32,
    },
    /// An operator, value by value.
    Small {
        operator: Operator,
        a: Source,
        b: Option<Source>,
    },
    /// The sum, or the mean, of each channel over the rows, or of each row over the channels.
    Reduce {
        from: Operand,
        count: usize,
        over_rows: bool,
        mean: bool,
    },
    /// Parts one below the other.
    Concat(Vec<Part>),
    /// Copies to an output of the network, from value `at` on, in the order of rows or of planes.
    Output {
        from: Operand,
        output: usize,
        at: usize,
        planar: bool,
    },
}

/// A step of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) kind: Kind,
    /// What is added before `after`.
    pub(crate) residual: Option<Operand>,
    pub(crate) after: After,
    pub(crate) form: Form,
}

impl Step {
    pub(crate) fn new(kind: Kind, form: Form) -> Self {
        Self {
            kind,
            residual: None,
            after: After::Nothing,
            form,
        }
    }

    /// Whether what lies between a pixel's channels and the next pixel is 0.
    pub(crate) fn is_zero_beyond(&self) -> bool {
        let is_exact = self.form.stride == self.form.channels;
        let keeps = matches!(
            self.kind,
            Kind::Input { .. }
                | Kind::Conv { .. }
                | Kind::Depthwise { .. }
                | Kind::Pool { .. }
                | Kind::Resize { .. }
        );
        is_exact || (keeps && self.after != After::Sigmoid)
    }

    /// The tensors that the step takes, and the rows of each that it needs for `rows` of its own.
    pub(crate) fn needs(
        &self,
        rows: &Range<usize>,
        form_of: impl Fn(StepId) -> Form,
        mut need: impl FnMut(StepId, Range<usize>),
    ) {
        let mut of = |operand: Operand, rows: Range<usize>| {
            if !rows.is_empty() {
                need(operand.step, rows.start + operand.first..rows.end + operand.first);
            }
        };
        let (first, last) = (rows.start, rows.end.saturating_sub(1));
        match &self.kind {
            Kind::Input { .. } => {}
            Kind::Conv { from, window, .. } | Kind::Depthwise { from, window, .. } => {
                let len = form_of(from.step).rows - from.first;
                of(
                    *from,
                    window.rows(first, len).0.start..window.rows(last, len).0.end,
                );
            }
            Kind::Pool { from } => of(*from, 2 * rows.start..2 * rows.end),
            Kind::Resize { from, rows: taps, .. } => of(*from, taps[first].first..taps[last].second + 1),
            Kind::Left { from, depth, .. } => of(*from, 0..*depth),
            Kind::Norm { from, .. } | Kind::Output { from, .. } => of(*from, rows.clone()),
            Kind::Small { a, b, .. } => {
                for source in [Some(a), b.as_ref()].into_iter().flatten() {
                    if let Source::Rows(operand) = source {
                        let one = form_of(operand.step).rows == 1;
                        of(*operand, if one { 0..1 } else { rows.clone() });
                    }
                }
            }
            Kind::Reduce {
                from,
                count,
                over_rows,
                ..
            } => of(*from, if *over_rows { 0..*count } else { rows.clone() }),
            Kind::Concat(parts) => {
                let mut start = 0;
                for part in parts {
                    let end = start + part.rows();
                    if let Part::Rows(operand, _) = part {
                        let within = rows.start.max(start)..rows.end.min(end);
                        if !within.is_empty() {
                            of(*operand, within.start - start..within.end - start);
                        }
                    }
                    start = end;
                }
            }
        }
        if let Some(residual) = self.residual {
            of(residual, rows.clone());
        }
    }
}
