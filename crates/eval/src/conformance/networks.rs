//! Networks alone: the reference's tensors in, its tensors out.

use std::fs;
use std::path::Path;

use moretta_geometry::region;
use moretta_infer::{ModelKind, Network, VerifiedModel, load_all};

use super::geometry;
use crate::error::EvalError;
use crate::judge::{Judge, largest_difference, proto_numbers};
use crate::readout::ENGINE;

/// Of MediaPipe's test of its blendshape graph, `face_blendshapes_graph_test.cc`.
const BLENDSHAPES_TOLERANCE: f64 = 0.1;

/// Pixels of the crop. The golden was computed in half precision on a GPU; ONNX Runtime in single precision is up to
/// 1.08 away from it.
const LANDMARKS_TOLERANCE: f64 = 1.5;

/// The same for the logit of presence (0.022) and for the second score (0.0007).
const PRESENCE_TOLERANCE: f64 = 0.05;
const SECOND_TOLERANCE: f64 = 0.005;

/// Columns, rows and channels of the landmark network's input.
const SIDE: usize = 256;
const CHANNELS: usize = 3;

/// MediaPipe's goldens in `folder`.
pub(crate) fn of_reference(judge: &mut Judge, folder: &Path) {
    judge.golden(
        "blendshapes_from_landmarks",
        blendshapes(folder),
        BLENDSHAPES_TOLERANCE,
    );
    let names = ["tensor_landmarks", "tensor_presence", "tensor_second"];
    let tolerances = [LANDMARKS_TOLERANCE, PRESENCE_TOLERANCE, SECOND_TOLERANCE];
    match tensors(&folder.join("tensor")) {
        Ok(measured) => {
            for ((name, measured), tolerance) in names.into_iter().zip(measured).zip(tolerances) {
                judge.golden(name, Ok(measured), tolerance);
            }
        }
        Err(error) => judge.golden("tensor", Err(error), LANDMARKS_TOLERANCE),
    }
}

fn blendshapes(folder: &Path) -> Result<f64, EvalError> {
    let points = geometry::landmarks(&folder.join("face_blendshapes_in_landmarks.prototxt"))?;
    let expected = proto_numbers(&folder.join("face_blendshapes_out.prototxt"), "score", 52)?;
    let places = region::BLENDSHAPES.iter().flat_map(|index| {
        let [x, y, _] = points[usize::from(*index)];
        [x, y]
    });
    let mut found = [0.0; 52];
    run(
        ModelKind::Blendshapes,
        &places.collect::<Vec<_>>(),
        &mut [&mut found],
    )?;
    Ok(largest_difference(found, expected))
}

fn tensors(folder: &Path) -> Result<[f64; 3], EvalError> {
    let picture = floats(
        &folder.join("face_landmark_tflite_input_tensor0.bin"),
        SIDE * SIDE * CHANNELS,
    )?;
    let outputs = ModelKind::Landmarks.outputs();
    let expected = [0, 1, 2].map(|output| {
        let name = format!("face_landmark_tflite_mldrift_opengl_output_tensor{output}.bin");
        floats(&folder.join(name), outputs[output].values())
    });
    // The golden has the channels of a pixel side by side.
    let input: Vec<_> = (0..CHANNELS)
        .flat_map(|channel| picture.iter().skip(channel).step_by(CHANNELS).copied())
        .collect();
    let [mut landmarks, mut presence, mut second] = [0, 1, 2].map(|it| vec![0.0; outputs[it].values()]);
    let outputs = &mut [&mut landmarks[..], &mut presence, &mut second];
    run(ModelKind::Landmarks, &input, outputs)?;
    let [of_landmarks, of_presence, of_second] = expected;
    Ok([
        largest_difference(landmarks, of_landmarks?),
        largest_difference(presence, of_presence?),
        largest_difference(second, of_second?),
    ])
}

fn run(kind: ModelKind, input: &[f32], outputs: &mut [&mut [f32]]) -> Result<(), EvalError> {
    let plan = load_all(&[VerifiedModel::embedded(kind)?], ENGINE)?
        .remove(0)
        .plan;
    let mut network = plan.network()?;
    let mut scratch = vec![0.0; network.scratch_len()];
    Ok(network.run(&mut scratch, input, outputs)?)
}

/// A file of little-endian `f32`, of which there have to be `count`.
fn floats(path: &Path, count: usize) -> Result<Vec<f32>, EvalError> {
    let bytes = fs::read(path).map_err(|source| EvalError::Read {
        path: path.to_owned(),
        source,
    })?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    if numbers.len() == count && rest.is_empty() {
        Ok(numbers.iter().map(|it| f32::from_le_bytes(*it)).collect())
    } else {
        let found = format!("{} bytes for {count} numbers", bytes.len());
        Err(EvalError::malformed(
            path.display().to_string(),
            "a tensor",
            found,
        ))
    }
}
