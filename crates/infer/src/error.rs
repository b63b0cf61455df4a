use std::error::Error;
use std::io;

use crate::{ModelKind, Sha256};

/// Everything that can go wrong with a network. No message holds a number of a tensor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// The bytes are not the model's.
    #[error(
        "{kind}: expected {expected_bytes} bytes with SHA-256 {expected}, found {found_bytes} bytes with {found}{}",
        found_kind.map(|kind| format!(", which is {kind}")).unwrap_or_default()
    )]
    Bytes {
        /// The model that was asked for.
        kind: ModelKind,
        /// Its hash.
        expected: Sha256,
        /// Its length.
        expected_bytes: usize,
        /// The hash of the bytes.
        found: Sha256,
        /// The length of the bytes.
        found_bytes: usize,
        /// The model whose bytes they are, if they are another's.
        found_kind: Option<ModelKind>,
    },
    /// An environment variable would change what tract computes, and tract has no way to overrule it.
    #[error("the environment variable {variable} would change how networks are computed: unset it")]
    Environment {
        /// The variable's name.
        variable: &'static str,
    },
    /// The thread that should have loaded the network could not be started.
    #[error("{kind}: no thread to load it on")]
    Thread {
        /// The model to load.
        kind: ModelKind,
        /// The system's reason.
        source: io::Error,
    },
    /// The engine could not make the network ready to run.
    #[error("{kind}: the engine could not load it")]
    Load {
        /// The model.
        kind: ModelKind,
        /// The engine's reason, about the model and no input.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The input has another length than the network's.
    #[error("{kind}: expected an input of {expected} values, found {found}")]
    InputLength {
        /// The model.
        kind: ModelKind,
        /// Values that the network takes.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// There are more or fewer outputs than the network's.
    #[error("{kind}: expected {expected} outputs, found {found}")]
    OutputCount {
        /// The model.
        kind: ModelKind,
        /// Outputs of the network.
        expected: usize,
        /// Slices given.
        found: usize,
    },
    /// An output has another length than the network's.
    #[error("{kind}: expected {expected} values for output {output}, found {found}")]
    OutputLength {
        /// The model.
        kind: ModelKind,
        /// Which output, from 0.
        output: usize,
        /// Values that the network gives.
        expected: usize,
        /// Values that the slice has.
        found: usize,
    },
    /// There is too little scratch.
    #[error("{kind}: expected {expected} values of scratch or more, found {found}")]
    ScratchLength {
        /// The model.
        kind: ModelKind,
        /// Values that the engine needs.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// The engine failed during a run: a bug in it or here. Its own words may quote the input, so they are dropped.
    #[error("{kind}: the engine failed")]
    Run {
        /// The model.
        kind: ModelKind,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_was_expected_and_found() {
        let kind = ModelKind::Landmarks;
        let swapped = |found_kind| InferError::Bytes {
            kind,
            expected: Sha256::of(b"expected"),
            expected_bytes: 8,
            found: Sha256::of(b"found"),
            found_bytes: 5,
            found_kind,
        };
        let (expected, found) = (Sha256::of(b"expected"), Sha256::of(b"found"));
        let text = format!(
            "face_landmarks_detector: expected 8 bytes with SHA-256 {expected}, found 5 bytes with {found}"
        );
        assert_eq!(swapped(None).to_string(), text);
        assert_eq!(
            swapped(Some(ModelKind::ShortRange)).to_string(),
            text + ", which is face_detection_short_range"
        );
        let output = InferError::OutputLength {
            kind,
            output: 1,
            expected: 1,
            found: 2,
        };
        assert_eq!(
            output.to_string(),
            "face_landmarks_detector: expected 1 values for output 1, found 2"
        );
        let environment = InferError::Environment { variable: "TRACT_X" };
        assert_eq!(
            environment.to_string(),
            "the environment variable TRACT_X would change how networks are computed: unset it"
        );
    }
}
