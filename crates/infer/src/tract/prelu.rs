use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::{args_1, as_op, op_as_typed_op, op_out_of_plan};

/// ONNX's PRelu with one constant slope a channel, on an `f32` tensor of shape (1, channel, ...), in place.
///
/// tract computes it as a product, a comparison and a choice, each a tensor of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PRelu {
    slopes: Arc<Tensor>,
}

impl PRelu {
    /// The operator for `inputs`, the tensor and its slopes, if these are of the one form that it computes.
    pub(super) fn fitted(inputs: &[&TypedFact]) -> TractResult<Option<Self>> {
        let [tensor, slopes] = inputs else {
            return Ok(None);
        };
        let (Some(shape), Some(slopes)) = (tensor.shape.as_concrete(), &slopes.konst) else {
            return Ok(None);
        };
        let of_f32 = [tensor.datum_type, slopes.datum_type()] == [f32::datum_type(); 2];
        if !of_f32 || shape.len() < 2 || shape[0] != 1 || shape.contains(&0) {
            return Ok(None);
        }
        // ONNX broadcasts slopes to the tensor from the right: (channel, 1, ...), perhaps with ones before.
        let mut a_channel: TVec<usize> = tvec!(1; shape.len());
        a_channel[1] = shape[1];
        let Some(missing) = shape.len().checked_sub(slopes.rank()) else {
            return Ok(None);
        };
        let fits = slopes.shape() == &a_channel[missing..] && slopes.len() == shape[1];
        Ok(fits.then(|| Self {
            slopes: slopes.clone(),
        }))
    }
}

impl Op for PRelu {
    fn name(&self) -> StaticName {
        "MorettaPRelu".into()
    }

    op_as_typed_op!();
}

impl EvalOp for PRelu {
    op_out_of_plan!();

    fn eval(&self, _context: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut tensor = args_1!(inputs).into_tensor();
        let plane = tensor.shape()[2..].iter().product();
        let slopes = self.slopes.try_as_plain_ram()?;
        prelu(
            tensor.try_as_plain_ram_mut()?.as_slice_mut::<f32>()?,
            slopes.as_slice::<f32>()?,
            plane,
        );
        Ok(tvec!(tensor.into_tvalue()))
    }
}

impl TypedOp for PRelu {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(inputs[0].without_value()))
    }

    as_op!();
}

/// Multiplies what is negative by its channel's slope; a channel is `plane` values.
///
/// Where a slope is at most 1, that is the larger of a value and its product, and otherwise the smaller: two machine
/// instructions for several values at a time, and no branch.
fn prelu(values: &mut [f32], slopes: &[f32], plane: usize) {
    for (channel, &slope) in values.chunks_exact_mut(plane).zip(slopes) {
        if slope <= 1.0 {
            for value in channel {
                let scaled = *value * slope;
                *value = if scaled > *value { scaled } else { *value };
            }
        } else {
            for value in channel {
                let scaled = *value * slope;
                *value = if scaled < *value { scaled } else { *value };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slopes(shape: &[usize]) -> TypedFact {
        let values: Vec<f32> = (0..shape.iter().product()).map(|i| i as f32).collect();
        TypedFact::try_from(Tensor::from_shape(shape, &values).unwrap()).unwrap()
    }

    fn fits(tensor: TypedFact, slopes: TypedFact) -> bool {
        PRelu::fitted(&[&tensor, &slopes]).unwrap().is_some()
    }

    #[test]
    fn scales_negative_values_by_their_channels_slope() {
        let slopes = [-1.5, 0.0, 0.25, 1.0, 3.0];
        let channel = [2.0, -2.0, 0.0, -0.5];
        let mut values = [channel; 5];
        prelu(values.as_flattened_mut(), &slopes, channel.len());
        for (values, slope) in values.into_iter().zip(slopes) {
            let expected = channel.map(|value| if value < 0.0 { value * slope } else { value });
            assert_eq!(values, expected, "slope {slope}");
        }
    }

    #[test]
    fn keeps_what_is_not_a_number() {
        let mut values = [f32::NAN, f32::NEG_INFINITY, f32::NAN, f32::NEG_INFINITY];
        prelu(&mut values, &[0.5, 2.0], 2);
        assert!(values[0].is_nan() && values[2].is_nan());
        assert_eq!([values[1], values[3]], [f32::NEG_INFINITY; 2]);
    }

    #[test]
    fn takes_one_slope_a_channel_in_either_form() {
        assert!(fits(f32::fact([1, 3, 4, 5]), slopes(&[3, 1, 1])));
        assert!(fits(f32::fact([1, 3, 4, 5]), slopes(&[1, 3, 1, 1])));
    }

    #[test]
    fn leaves_every_other_form_to_tract() {
        let tensor = f32::fact([1, 3, 4, 3]);
        // One slope for all, one a column, one a value, one a batch, too many axes.
        for shape in [&[1][..], &[3], &[3, 4, 3], &[1, 1, 1, 1], &[1, 1, 3, 1, 1]] {
            assert!(!fits(tensor.clone(), slopes(shape)), "{shape:?}");
        }
        assert!(
            !fits(tensor.clone(), f32::fact([3, 1, 1])),
            "slopes that are no constant"
        );
        assert!(
            !fits(f32::fact([2, 3, 4, 5]), slopes(&[3, 1, 1])),
            "a batch of two"
        );
        assert!(
            !fits(f32::fact([1, 3, 0, 5]), slopes(&[3, 1, 1])),
            "an empty tensor"
        );
        assert!(
            !fits(f16::fact([1, 3, 4, 5]), slopes(&[3, 1, 1])),
            "half precision"
        );
    }
}
