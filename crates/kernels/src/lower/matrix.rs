use super::node::Reader;
use super::sums::matrix_shape;
use super::{Layout, Lowering, View};
use crate::KernelError;
use crate::step::{Form, Kind, Step, Window};

impl<'a> Lowering<'_, 'a> {
    /// Input `index` as a matrix: the last two sides, with only ones before; in the order of its rows.
    pub(super) fn matrix(&self, node: &Reader<'_, 'a>, index: usize) -> Result<View, KernelError> {
        let view = self.view(node, index)?;
        let expected = matrix_shape(view.shape.len(), view.rows, view.channels);
        if view.layout == Layout::Rowwise && view.width == 1 && view.shape == expected {
            return Ok(view);
        }
        node.unsupported("a matrix", format!("{:?}", view.shape))
    }

    pub(super) fn matmul(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(2..=2)?;
        let view = self.view(node, 0)?;
        let (shape, factors) = self.floats(node, 1)?;
        let [depth, columns] = shape[..] else {
            return node.unsupported("weights of two sides", format!("{shape:?}"));
        };
        let factors = factors.to_vec();
        let rank = view.shape.len();
        let (step, layout, shape) = if view.layout == Layout::Across {
            if view.rows != depth || view.width != 1 {
                return node.unsupported("weights as high as the matrix is wide", depth);
            }
            let rows: Vec<f32> = (0..columns)
                .flat_map(|column| (0..depth).map(move |row| row * columns + column))
                .map(|at| factors[at])
                .collect();
            let kind = Kind::Left {
                from: view.operand,
                depth,
                weights: self.weights.keep(&rows, 0),
                bias: self.weights.keep(&[], columns),
            };
            let step = Step::new(kind, Form::new(columns, 1, view.channels));
            (step, Layout::Across, matrix_shape(rank, view.channels, columns))
        } else {
            let view = self.matrix(node, 0)?;
            if view.channels != depth {
                return node.unsupported("weights as high as the matrix is wide", depth);
            }
            let form = Form::new(view.rows, 1, columns);
            let single = view.rows == 1;
            let value = |row: usize, column: usize| factors[row * columns + column];
            let kind = Kind::Conv {
                from: view.operand,
                window: Window {
                    sides: [1, 1],
                    strides: [1, 1],
                    top: 0,
                    left: 0,
                },
                weights: self.weights.keep_panels([1, depth], columns, single, value),
                bias: self.weights.keep(&[], form.stride),
                segment_len: depth,
            };
            let step = Step::new(kind, form);
            (step, Layout::Rowwise, matrix_shape(rank, view.rows, columns))
        };
        self.give(node.output()?, step, layout, shape, &node.place())
    }
}
