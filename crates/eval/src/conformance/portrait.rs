//! One portrait, end to end: detector, landmarks, blendshapes.

use std::path::Path;

use moretta_geometry::LANDMARKS;
use moretta_space::{Orientation, Rotation};
use serde_json::Value;

use super::Watchers;
use crate::error::EvalError;
use crate::judge::{Judge, json_numbers, largest_difference, proto_numbers, read_json};
use crate::picture::Picture;
use crate::record::REFERENCE_FROM_FRAME;
use crate::sight::{SeenDetection, SeenFace, Sight};

/// MediaPipe's tests allow themselves so much: pixels of a box, shares of a side for a keypoint and for a landmark, and
/// coefficients.
const BOX_TOLERANCE: f64 = 5.0;
const KEYPOINT_TOLERANCE: f64 = 0.01;
const LANDMARK_TOLERANCE: f64 = 0.03;
const BLENDSHAPES_TOLERANCE: f64 = 0.12;

/// Numbers of a detection: the corners of its box, and six points.
const NUMBERS: usize = 16;

/// MediaPipe's portrait below `data`, and what its tests expect of it.
pub(crate) fn of_reference(judge: &mut Judge, data: &Path, watchers: &Watchers) {
    let golden = data.join("golden");
    let picture = || Picture::read(&data.join("images/mediapipe_portrait.jpg"));
    let upright = |sight: fn(&Watchers) -> &crate::readout::Watcher| {
        picture().and_then(|picture| Ok((sight(watchers).first(&picture)?.0, picture)))
    };
    let detections = [
        (
            "detector_portrait",
            "portrait_expected_detection.pbtxt",
            upright(|it| &it.short).and_then(|(sight, picture)| numbers_in(&sight, &picture)),
        ),
        (
            "detector_full_range_portrait",
            "portrait_expected_full_range_detection.pbtxt",
            upright(|it| &it.full).and_then(|(sight, picture)| numbers_in(&sight, &picture)),
        ),
        (
            "detector_rotated_portrait",
            "portrait_rotated_expected_detection.pbtxt",
            picture().and_then(|picture| rotated(&picture, watchers)),
        ),
    ];
    for (name, file, found) in detections {
        let expected = expected_detection(&golden.join(file));
        let measured = found.and_then(|found| Ok(differences(&found, &expected?)));
        let (of_box, of_keypoints) = split(measured);
        judge.golden(&format!("{name}_box"), of_box, BOX_TOLERANCE);
        judge.golden(&format!("{name}_keypoints"), of_keypoints, KEYPOINT_TOLERANCE);
    }
    let seen = upright(|it| &it.default);
    let landmarks = |(sight, picture): &(Sight, Picture)| {
        let path = golden.join("portrait_expected_face_landmarks.pbtxt");
        let expected = [
            proto_numbers(&path, "x", LANDMARKS)?,
            proto_numbers(&path, "y", LANDMARKS)?,
        ];
        let face = only(sight)?;
        let sides = [picture.width, picture.height].map(|it| it as f32);
        let of_axis = [0, 1].map(|axis| {
            let found = face
                .seen
                .iter()
                .map(|it| (it[axis] + REFERENCE_FROM_FRAME) / sides[axis]);
            largest_difference(found, expected[axis].iter().copied())
        });
        Ok(of_axis[0].max(of_axis[1]))
    };
    let blendshapes = |(sight, _): &(Sight, Picture)| {
        let path = golden.join("portrait_expected_blendshapes.pbtxt");
        let expected = proto_numbers(&path, "score", 52)?;
        Ok(largest_difference(
            only(sight)?.blendshapes.into_iter().flatten(),
            expected,
        ))
    };
    judge.golden("landmarks_portrait", of(&seen, landmarks), LANDMARK_TOLERANCE);
    judge.golden(
        "blendshapes_portrait",
        of(&seen, blendshapes),
        BLENDSHAPES_TOLERANCE,
    );
}

/// The astronaut that comes with `moretta-track`, and what MediaPipe says of her. The tolerances are those of that
/// crate's tests.
pub(crate) fn committed(judge: &mut Judge, folder: &Path, watchers: &Watchers) {
    let expected = read_json(&folder.join("astronaut.json"));
    let seen = |watcher: &crate::readout::Watcher| {
        let picture = Picture::read(&folder.join("astronaut.png"))?;
        Ok::<_, EvalError>((watcher.first(&picture)?.0, picture))
    };
    let short = seen(&watchers.short);
    let landmarks = |(sight, _): &(Sight, Picture)| {
        let expected = json_numbers(&known(&expected)?["landmarks"], "landmarks", 3 * LANDMARKS)?;
        let shift = [REFERENCE_FROM_FRAME, REFERENCE_FROM_FRAME, 0.0];
        let found = only(sight)?
            .seen
            .iter()
            .flat_map(|it| [0, 1, 2].map(|axis| it[axis] + shift[axis]));
        Ok(largest_difference(found, expected))
    };
    let blendshapes = |(sight, _): &(Sight, Picture)| {
        let expected = json_numbers(&known(&expected)?["blendshapes"], "blendshapes", 52)?;
        Ok(largest_difference(
            only(sight)?.blendshapes.into_iter().flatten(),
            expected,
        ))
    };
    judge.golden("landmarks_astronaut", of(&short, landmarks), 0.1);
    judge.golden("blendshapes_astronaut", of(&short, blendshapes), 0.005);
    let full = seen(&watchers.full);
    for (name, seen) in [("short_range", &short), ("full_range", &full)] {
        let detection = |(sight, _): &(Sight, Picture)| {
            let expected = &known(&expected)?[name];
            let corners = [&expected["min"], &expected["max"], &expected["keypoints"]];
            let corners = Value::Array(corners.into_iter().cloned().collect());
            let expected = json_numbers(&corners, name, NUMBERS)?;
            Ok(largest_difference(numbers(first(sight)?), expected))
        };
        judge.golden(&format!("detector_{name}_astronaut"), of(seen, detection), 0.02);
    }
}

fn known(expected: &Result<Value, EvalError>) -> Result<&Value, EvalError> {
    expected.as_ref().map_err(again)
}

fn of<T>(
    seen: &Result<T, EvalError>,
    measure: impl Fn(&T) -> Result<f64, EvalError>,
) -> Result<f64, EvalError> {
    seen.as_ref().map_err(again).and_then(measure)
}

/// What kept several goldens from being measured, said once more.
fn again(error: &EvalError) -> EvalError {
    EvalError::malformed("the portrait", "a face that was measured", error.to_string())
}

fn only(sight: &Sight) -> Result<&SeenFace, EvalError> {
    match &sight.faces[..] {
        [face] => Ok(face),
        faces => Err(EvalError::malformed(
            "a portrait",
            "one face",
            faces.len().to_string(),
        )),
    }
}

fn first(sight: &Sight) -> Result<&SeenDetection, EvalError> {
    let first = sight.detections.first();
    first.ok_or_else(|| EvalError::malformed("a portrait", "a detection", "none"))
}

/// A detection's corners and points, in pixels as the reference counts them.
fn numbers(detection: &SeenDetection) -> [f32; NUMBERS] {
    let mut numbers = [0.0; NUMBERS];
    let places = [detection.min, detection.max]
        .into_iter()
        .chain(detection.keypoints);
    for (place, number) in places.zip(numbers.as_chunks_mut::<2>().0) {
        *number = place.map(|it| it + REFERENCE_FROM_FRAME);
    }
    numbers
}

/// The best detection: the corners of its box in pixels, its points in shares of the sides.
fn numbers_in(sight: &Sight, picture: &Picture) -> Result<[f32; NUMBERS], EvalError> {
    let mut numbers = numbers(first(sight)?);
    for number in &mut numbers[4..].as_chunks_mut::<2>().0.iter_mut() {
        number[0] /= picture.width as f32;
        number[1] /= picture.height as f32;
    }
    Ok(numbers)
}

/// The same for the portrait turned to the right, which its frame says: places are in the turned picture.
fn rotated(picture: &Picture, watchers: &Watchers) -> Result<[f32; NUMBERS], EvalError> {
    let turned = picture.turned_right();
    let back = Orientation {
        rotation: Rotation::Deg270,
        mirror: false,
    };
    let (sight, _) = watchers.short.first_lying(&turned, back)?;
    let upright = first(&sight)?;
    let height = picture.height as f32;
    let turn = |[x, y]: [f32; 2]| [height - y, x];
    let [a, b] = [turn(upright.min), turn(upright.max)];
    let detection = SeenDetection {
        min: [a[0].min(b[0]), a[1].min(b[1])],
        max: [a[0].max(b[0]), a[1].max(b[1])],
        keypoints: upright.keypoints.map(turn),
        score: upright.score,
    };
    let sight = Sight {
        faces: Vec::new(),
        detections: vec![detection],
    };
    numbers_in(&sight, &turned)
}

fn expected_detection(path: &Path) -> Result<[f32; NUMBERS], EvalError> {
    let one = |name| Ok::<_, EvalError>(proto_numbers(path, name, 1)?[0]);
    let [left, top] = [one("xmin")?, one("ymin")?];
    let mut numbers = [0.0; NUMBERS];
    numbers[..4].copy_from_slice(&[left, top, left + one("width")?, top + one("height")?]);
    let (x, y) = (proto_numbers(path, "x", 6)?, proto_numbers(path, "y", 6)?);
    for (index, (x, y)) in x.into_iter().zip(y).enumerate() {
        numbers[4 + 2 * index..][..2].copy_from_slice(&[x, y]);
    }
    Ok(numbers)
}

/// Of the box, and of the points.
fn differences(found: &[f32; NUMBERS], expected: &[f32; NUMBERS]) -> [f64; 2] {
    let part = |range: std::ops::Range<usize>| {
        largest_difference(
            found[range.clone()].iter().copied(),
            expected[range].iter().copied(),
        )
    };
    [part(0..4), part(4..NUMBERS)]
}

fn split(measured: Result<[f64; 2], EvalError>) -> (Result<f64, EvalError>, Result<f64, EvalError>) {
    match measured {
        Ok([a, b]) => (Ok(a), Ok(b)),
        Err(error) => (Err(again(&error)), Err(error)),
    }
}
