use crate::{InferError, ModelKind};

/// A network that is ready to run: what an engine gives, and all that the tracker knows of one.
///
/// A network belongs to the thread that made it. While it runs, and until it is dropped, it may hold face data.
pub trait Network {
    /// Which network this is; it settles all lengths.
    fn kind(&self) -> ModelKind;

    /// How many values of scratch a run needs: none, if the engine has memory of its own.
    fn scratch_len(&self) -> usize;

    /// Computes the `outputs` for `input`.
    ///
    /// `scratch` has at least [`scratch_len`](Self::scratch_len) values; what they are is of no account. After a run they
    /// are activations: face data, if the input is.
    ///
    /// `input` has the shape, order and range of [`ModelKind::input`]; `outputs` has a slice for each of
    /// [`ModelKind::outputs`], in that order. Values out of range, NaN included, give meaningless outputs and no error.
    ///
    /// # Errors
    /// [`InferError::InputLength`], [`InferError::OutputCount`], [`InferError::OutputLength`] and
    /// [`InferError::ScratchLength`] if lengths differ, with the outputs untouched; [`InferError::Run`] if the engine
    /// fails.
    fn run(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError>;

    /// Overwrites what earlier runs left in memory that outlives them, if the engine keeps any.
    ///
    /// That may take as long as a run: it is for when a face is gone, and not for each frame.
    ///
    /// # Errors
    /// [`InferError::Run`] if the engine fails: what was left is then still there, and ends with the thread.
    fn forget(&mut self) -> Result<(), InferError>;
}

/// What is shown each tensor of a run: its shape and its values.
pub(crate) type Look<'l> = &'l mut dyn FnMut(&[usize], &[f32]);

/// Compares the length of the scratch with what `kind` needs.
pub(crate) fn check_scratch(kind: ModelKind, expected: usize, scratch: &[f32]) -> Result<(), InferError> {
    let found = scratch.len();
    if found < expected {
        return Err(InferError::ScratchLength {
            kind,
            expected,
            found,
        });
    }
    Ok(())
}

/// Compares the lengths that a caller gives with those of `kind`.
pub(crate) fn check_lengths(
    kind: ModelKind,
    input: &[f32],
    outputs: &[&mut [f32]],
) -> Result<(), InferError> {
    if input.len() != kind.input_len() {
        return Err(InferError::InputLength {
            kind,
            expected: kind.input_len(),
            found: input.len(),
        });
    }
    if outputs.len() != kind.outputs().len() {
        return Err(InferError::OutputCount {
            kind,
            expected: kind.outputs().len(),
            found: outputs.len(),
        });
    }
    for (output, (spec, slice)) in kind.outputs().iter().zip(outputs).enumerate() {
        if slice.len() != spec.values() {
            return Err(InferError::OutputLength {
                kind,
                output,
                expected: spec.values(),
                found: slice.len(),
            });
        }
    }
    Ok(())
}
