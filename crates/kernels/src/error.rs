/// Everything that can go wrong with a network. No message holds a number of a tensor that a run sees.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The bytes are no ONNX file, or are cut short.
    #[error("no ONNX file: {what} at byte {at}")]
    Malformed {
        /// What was not as the format says.
        what: &'static str,
        /// Where, from the start of the file.
        at: usize,
    },
    /// The file says something that this engine does not compute.
    #[error("{place}: expected {expected}, found {found}")]
    Unsupported {
        /// The operator and the name of what it gives, or the part of the file.
        place: String,
        /// What the engine computes.
        expected: &'static str,
        /// What the file says.
        found: String,
    },
    /// A tensor is used that nothing gives before.
    #[error("{place}: nothing gives the tensor {tensor:?}")]
    Undefined {
        /// The operator and the name of what it gives.
        place: String,
        /// The name of what it takes.
        tensor: String,
    },
    /// The network is larger than any that this engine is for.
    #[error("{place}: more than {limit} {what}")]
    TooLarge {
        /// The operator and the name of what it gives, or the part of the file.
        place: String,
        /// The most.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// The path was asked for, and this processor has no such instructions.
    #[error("this processor cannot run the path {path}")]
    Path {
        /// The path's name.
        path: &'static str,
    },
    /// The scratch is shorter than [`Plan::scratch_len`](crate::Plan::scratch_len).
    #[error("expected a scratch of {expected} values, found {found}")]
    Scratch {
        /// Values that a run needs.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// The input has another length than the network's.
    #[error("expected an input of {expected} values, found {found}")]
    Input {
        /// Values that the network takes.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// There are more or fewer outputs than the network's.
    #[error("expected {expected} outputs, found {found}")]
    OutputCount {
        /// Outputs of the network.
        expected: usize,
        /// Slices given.
        found: usize,
    },
    /// An output has another length than the network's.
    #[error("expected {expected} values for output {output}, found {found}")]
    OutputLength {
        /// Which output, from 0.
        output: usize,
        /// Values that the network gives.
        expected: usize,
        /// Values that the slice has.
        found: usize,
    },
    /// A plan that contradicts itself: a bug here.
    #[error("the engine failed")]
    Bug,
}
