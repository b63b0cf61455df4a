use std::fmt;

use crate::{InferError, Sha256};

/// The networks that Moretta runs. `models/manifest.toml` says where they come from.
///
/// All tensors are `f32`. Pictures are NCHW, RGB, as many values a channel as the network is wide and high.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ModelKind {
    /// Finds near faces: 128 x 128 pixels in -1..1; for each of 896 anchors a box with six points, and a logit.
    ShortRange,
    /// Finds smaller faces too: 192 x 192 pixels in -1..1; the same for each of 2304 anchors.
    FullRange,
    /// Measures one face: 256 x 256 pixels in 0..1; 478 points x, y, z in pixels of the input, the logit of a face's
    /// presence, and a score that is not used.
    Landmarks,
    /// Names the expression: 146 points x, y in pixels; 52 weights in 0..1.
    Blendshapes,
}

/// Name and shape of a network's input or output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TensorSpec {
    name: &'static str,
    shape: &'static [usize],
}

/// What `models/manifest.toml` says of a model; a test compares the two.
struct Record {
    name: &'static str,
    bytes: usize,
    sha256: Sha256,
    input: TensorSpec,
    input_range: Option<[f32; 2]>,
    outputs: &'static [TensorSpec],
}

impl ModelKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::ShortRange,
        Self::FullRange,
        Self::Landmarks,
        Self::Blendshapes,
    ];

    /// The model's name: that of its file, without `.onnx`.
    pub const fn name(self) -> &'static str {
        self.record().name
    }

    /// The length of its file, in bytes.
    pub const fn bytes(self) -> usize {
        self.record().bytes
    }

    /// The hash of its file.
    pub const fn sha256(self) -> Sha256 {
        self.record().sha256
    }

    /// The network's input.
    pub const fn input(self) -> TensorSpec {
        self.record().input
    }

    /// How many values the input has.
    pub const fn input_len(self) -> usize {
        self.record().input.values()
    }

    /// The least and the greatest value of a pixel of the input: black and full brightness. None if the input is no
    /// picture.
    pub const fn input_range(self) -> Option<[f32; 2]> {
        self.record().input_range
    }

    /// The network's outputs, in order.
    pub const fn outputs(self) -> &'static [TensorSpec] {
        self.record().outputs
    }

    const fn record(self) -> &'static Record {
        match self {
            Self::ShortRange => &SHORT_RANGE,
            Self::FullRange => &FULL_RANGE,
            Self::Landmarks => &LANDMARKS,
            Self::Blendshapes => &BLENDSHAPES,
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TensorSpec {
    /// The tensor's name in the ONNX file.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its sides, the slowest first.
    pub const fn shape(self) -> &'static [usize] {
        self.shape
    }

    /// How many values it has: the product of its sides.
    pub const fn values(self) -> usize {
        let (mut product, mut axis) = (1, 0);
        while axis < self.shape.len() {
            product *= self.shape[axis];
            axis += 1;
        }
        product
    }
}

/// The bytes of a model, proven by their hash to be the very file that was measured and is described here.
///
/// There is no other way to make one, and no other way into an engine.
#[derive(Clone, Copy)]
pub struct VerifiedModel<'a> {
    kind: ModelKind,
    bytes: &'a [u8],
}

impl<'a> VerifiedModel<'a> {
    /// Hashes `bytes`, the content of an ONNX file, and compares.
    ///
    /// # Errors
    /// [`InferError::Bytes`] if they are not those of `kind`.
    pub fn from_bytes(kind: ModelKind, bytes: &'a [u8]) -> Result<Self, InferError> {
        let found = Sha256::of(bytes);
        if found == kind.sha256() {
            return Ok(Self { kind, bytes });
        }
        Err(InferError::Bytes {
            kind,
            expected: kind.sha256(),
            expected_bytes: kind.bytes(),
            found,
            found_bytes: bytes.len(),
            found_kind: ModelKind::ALL.into_iter().find(|other| other.sha256() == found),
        })
    }

    /// Which model it is.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The ONNX file's content.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

#[cfg(feature = "embed")]
impl VerifiedModel<'static> {
    /// The model that lies in the library, hashed like any other.
    ///
    /// # Errors
    /// [`InferError::Bytes`] if the library has been tampered with.
    pub fn embedded(kind: ModelKind) -> Result<Self, InferError> {
        let bytes: &[u8] = match kind {
            ModelKind::ShortRange => include_bytes!("../../../models/face_detection_short_range.onnx"),
            ModelKind::FullRange => include_bytes!("../../../models/face_detection_full_range.onnx"),
            ModelKind::Landmarks => include_bytes!("../../../models/face_landmarks_detector.onnx"),
            ModelKind::Blendshapes => include_bytes!("../../../models/face_blendshapes.onnx"),
        };
        Self::from_bytes(kind, bytes)
    }
}

impl fmt::Debug for VerifiedModel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedModel")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

const fn tensor(name: &'static str, shape: &'static [usize]) -> TensorSpec {
    TensorSpec { name, shape }
}

static SHORT_RANGE: Record = Record {
    name: "face_detection_short_range",
    bytes: 216_442,
    sha256: Sha256::from_hex("757d6cfcb3d860daa7ecd667c7cdf25c553de5a49312a0b4804aeac0606bc6fd"),
    input: tensor("input", &[1, 3, 128, 128]),
    input_range: Some([-1.0, 1.0]),
    outputs: &[
        tensor("out_regressors", &[1, 896, 16]),
        tensor("out_classificators", &[1, 896, 1]),
    ],
};

static FULL_RANGE: Record = Record {
    name: "face_detection_full_range",
    bytes: 1_057_058,
    sha256: Sha256::from_hex("7ca392cb814964d3b0a6394bcf7bdb517f6d86c848aed6e898395b1e7207f2ed"),
    input: tensor("input", &[1, 3, 192, 192]),
    input_range: Some([-1.0, 1.0]),
    outputs: &[
        tensor("out_reshaped_regressor_face_4", &[1, 2304, 16]),
        tensor("out_reshaped_classifier_face_4", &[1, 2304, 1]),
    ],
};

static LANDMARKS: Record = Record {
    name: "face_landmarks_detector",
    bytes: 2_441_912,
    sha256: Sha256::from_hex("ea39fb740969d72a3c43e8a9ab363fe8f245af158c4b2c7827575fd54739ff59"),
    input: tensor("input", &[1, 3, 256, 256]),
    input_range: Some([0.0, 1.0]),
    outputs: &[
        tensor("out_Identity", &[1, 1434]),
        tensor("out_Identity_1", &[1, 1]),
        tensor("out_Identity_2", &[1, 1]),
    ],
};

static BLENDSHAPES: Record = Record {
    name: "face_blendshapes",
    bytes: 912_706,
    sha256: Sha256::from_hex("4e0c5ccb88c8093b6ba9306056c51b9300dea236795b70d314dc5631611c89aa"),
    input: tensor("input", &[1, 146, 2]),
    input_range: None,
    outputs: &[tensor("out_StatefulPartitionedCall_0", &[52])],
};
