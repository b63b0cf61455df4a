use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cnn::PaddingSpec;
use tract_onnx::tract_core::ops::nn::DataFormat;
use tract_onnx::tract_core::{args_1, as_op, op_as_typed_op, op_out_of_plan};
use tract_onnx::tract_hir::ops::cnn::HirMaxPool;

/// ONNX's MaxPool over windows of 2 x 2 that neither overlap nor leave gaps, on an `f32` tensor in NCHW, without
/// padding; an odd last row or column is left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct MaxPool2;

impl MaxPool2 {
    /// Whether `pool` is the one form that this operator computes, as far as its attributes tell.
    pub(super) fn computes(pool: &HirMaxPool) -> bool {
        let spec = &pool.pool_spec;
        let unpadded = match &spec.padding {
            PaddingSpec::Valid => true,
            PaddingSpec::Explicit(before, after) => before.iter().chain(after).all(|&pad| pad == 0),
            PaddingSpec::ExplicitOnnxPool(before, after, round_up) => {
                !round_up && before.iter().chain(after).all(|&pad| pad == 0)
            }
            PaddingSpec::SameUpper | PaddingSpec::SameLower => false,
        };
        unpadded
            && pool.with_index_outputs.is_none()
            && spec.data_format == DataFormat::NCHW
            && spec.kernel_shape[..] == [2, 2]
            && spec.strides.as_deref() == Some(&[2, 2])
            && spec.dilations.as_deref().is_none_or(|steps| steps == [1, 1])
    }

    /// The operator for `inputs`, if these are of the one form that it computes.
    pub(super) fn fitted(inputs: &[&TypedFact]) -> Option<Self> {
        let [tensor] = inputs else {
            return None;
        };
        let shape = tensor.shape.as_concrete()?;
        let fits = tensor.datum_type == f32::datum_type() && shape.len() == 4 && shape[2] > 1 && shape[3] > 1;
        fits.then_some(Self)
    }
}

impl Op for MaxPool2 {
    fn name(&self) -> StaticName {
        "MorettaMaxPool2".into()
    }

    op_as_typed_op!();
}

impl EvalOp for MaxPool2 {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let [batch, channels, height, width] = *input.shape() else {
            bail!("expected four axes, found {}", input.rank());
        };
        let mut output = Tensor::zero::<f32>(&[batch, channels, height / 2, width / 2])?;
        max_pool(
            input.try_as_plain_ram()?.as_slice::<f32>()?,
            output.try_as_plain_ram_mut()?.as_slice_mut::<f32>()?,
            height,
            width,
        );
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for MaxPool2 {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [batch, channels, height, width] = &inputs[0].shape[..] else {
            bail!("expected four axes, found {}", inputs[0].rank());
        };
        Ok(tvec!(f32::fact([
            batch.clone(),
            channels.clone(),
            height.clone() / 2,
            width.clone() / 2
        ])))
    }

    as_op!();
}

/// Writes the largest of each 2 x 2 values of planes of `height` x `width`, both at least 2.
fn max_pool(input: &[f32], output: &mut [f32], height: usize, width: usize) {
    let planes = input.chunks_exact(height * width);
    let pooled_planes = output.chunks_exact_mut((height / 2) * (width / 2));
    for (plane, pooled) in planes.zip(pooled_planes) {
        for (rows, pooled_row) in plane
            .chunks_exact(2 * width)
            .zip(pooled.chunks_exact_mut(width / 2))
        {
            let (upper, lower) = rows.split_at(width);
            let windows = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            for (largest, (above, below)) in pooled_row.iter_mut().zip(windows) {
                *largest = larger(larger(above[0], above[1]), larger(below[0], below[1]));
            }
        }
    }
}

/// One machine instruction, unlike `f32::max`, which treats NaN with care.
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tract_onnx::tract_core::ops::cnn::PoolSpec;

    /// What the bundled networks have.
    fn bundled() -> HirMaxPool {
        let spec = PoolSpec::new(
            DataFormat::NCHW,
            tvec!(2, 2),
            PaddingSpec::ExplicitOnnxPool(tvec!(0, 0), tvec!(0, 0), false),
            None,
            Some(tvec!(2, 2)),
            0,
            0,
        );
        HirMaxPool::new(spec, None)
    }

    fn with(change: impl FnOnce(&mut PoolSpec)) -> HirMaxPool {
        let mut pool = bundled();
        change(&mut pool.pool_spec);
        pool
    }

    #[test]
    fn takes_the_largest_of_each_window() {
        let input = [
            1.0, 5.0, 2.0, 0.0, 3.0, -1.0, 4.0, 7.0, -1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0, -8.0,
        ];
        let mut output = [0.0; 4];
        max_pool(&input, &mut output, 4, 4);
        assert_eq!(output, [5.0, 7.0, -1.0, -3.0]);
    }

    #[test]
    fn leaves_out_an_odd_last_row_and_column() {
        let input = [1.0, 2.0, 99.0, 3.0, 4.0, 99.0, 99.0, 99.0, 99.0];
        let mut output = [0.0; 2];
        max_pool(&[input, input.map(|value| -value)].concat(), &mut output, 3, 3);
        assert_eq!(output, [4.0, -1.0]);
    }

    #[test]
    fn computes_the_form_that_the_networks_have() {
        assert!(MaxPool2::computes(&bundled()));
        assert!(MaxPool2::computes(
            &with(|spec| spec.padding = PaddingSpec::Valid)
        ));
        assert!(MaxPool2::computes(&with(
            |spec| spec.dilations = Some(tvec!(1, 1))
        )));
        assert!(MaxPool2::fitted(&[&f32::fact([1, 3, 4, 5])]).is_some());
    }

    #[test]
    fn leaves_every_other_form_to_tract() {
        let pads = |before: [usize; 2], after: [usize; 2], round_up| {
            PaddingSpec::ExplicitOnnxPool(
                before.into_iter().collect(),
                after.into_iter().collect(),
                round_up,
            )
        };
        let other: [(&str, HirMaxPool); 10] = [
            ("kernel", with(|spec| spec.kernel_shape = tvec!(3, 2))),
            ("one axis", with(|spec| spec.kernel_shape = tvec!(2))),
            ("stride", with(|spec| spec.strides = Some(tvec!(2, 1)))),
            ("stride one by default", with(|spec| spec.strides = None)),
            ("dilation", with(|spec| spec.dilations = Some(tvec!(1, 2)))),
            (
                "padding before",
                with(|spec| spec.padding = pads([0, 1], [0, 0], false)),
            ),
            (
                "padding after",
                with(|spec| spec.padding = pads([0, 0], [1, 0], false)),
            ),
            (
                "rounding up",
                with(|spec| spec.padding = pads([0, 0], [0, 0], true)),
            ),
            (
                "padding as needed",
                with(|spec| spec.padding = PaddingSpec::SameUpper),
            ),
            ("channels last", with(|spec| spec.data_format = DataFormat::NHWC)),
        ];
        for (name, pool) in other {
            assert!(!MaxPool2::computes(&pool), "{name}");
        }
        let mut with_indices = bundled();
        with_indices.with_index_outputs = Some(i64::datum_type());
        assert!(!MaxPool2::computes(&with_indices));
        for fact in [
            f32::fact([1, 3, 1, 4]),
            f32::fact([3, 4, 4]),
            f16::fact([1, 3, 4, 4]),
        ] {
            assert!(MaxPool2::fitted(&[&fact]).is_none(), "{fact:?}");
        }
    }
}
