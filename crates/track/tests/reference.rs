//! The portrait, measured as the reference measures it.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use std::path::Path;

use common::picture::Picture;
use common::{KnownDetection, Rig};
use moretta_track::{Range, TrackerOptions};
use serde_json::Value;

/// The reference counts pixels from the centre of the first.
const FIRST_CENTRE: f32 = 0.5;

fn reference() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/astronaut.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    let all = value.as_array().unwrap().iter();
    all.map(|it| it.as_f64().unwrap() as f32).collect()
}

fn first(range: Range, blendshapes: bool) -> common::Sight {
    let options = TrackerOptions {
        range,
        blendshapes,
        ..TrackerOptions::default()
    };
    Rig::new(options).see(&Picture::portrait().rgba(), 0)
}

#[test]
fn landmarks_are_those_of_the_reference() {
    let sight = first(Range::Short, false);
    let face = sight.only();
    let expected = reference();
    let expected: Vec<_> = expected["landmarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(numbers)
        .collect();
    assert_eq!(expected.len(), face.seen.len());
    let mut largest = [0.0f32; 3];
    for (found, expected) in face.seen.iter().zip(&expected) {
        for axis in 0..3 {
            let offset = if axis < 2 { FIRST_CENTRE } else { 0.0 };
            largest[axis] = largest[axis].max((found[axis] - offset - expected[axis]).abs());
        }
    }
    assert!(largest[0] < 0.05 && largest[1] < 0.05, "{largest:?} px");
    assert!(largest[2] < 0.1, "{largest:?} px");
    assert_eq!(face.seen, face.landmarks, "nothing to smooth yet");
}

#[test]
fn blendshapes_are_those_of_the_reference() {
    let sight = first(Range::Short, true);
    let found = sight.only().blendshapes.as_ref().unwrap();
    let expected = numbers(&reference()["blendshapes"]);
    let largest = found
        .iter()
        .zip(&expected)
        .map(|(found, expected)| (found - expected).abs())
        .fold(0.0, f32::max);
    assert!(largest < 0.005, "{largest}");
    assert!(
        first(Range::Short, false).only().blendshapes.is_none(),
        "not asked for"
    );
}

fn compare(found: &KnownDetection, expected: &Value, tolerance_px: f32) {
    let close = |found: &[f32], expected: &Value| {
        for (found, expected) in found.iter().zip(numbers(expected)) {
            let difference = (found - FIRST_CENTRE - expected).abs();
            assert!(difference < tolerance_px, "{difference} px");
        }
    };
    close(&found.min, &expected["min"]);
    close(&found.max, &expected["max"]);
    for (found, expected) in found
        .keypoints
        .iter()
        .zip(expected["keypoints"].as_array().unwrap())
    {
        close(found, expected);
    }
    let score = expected["score"].as_f64().unwrap() as f32;
    assert!((found.score - score).abs() < 1e-3, "{} for {score}", found.score);
}

#[test]
fn detections_are_those_of_the_reference() {
    let short = first(Range::Short, false);
    assert_eq!(short.detections.len(), 1);
    compare(&short.detections[0], &reference()["short_range"], 0.02);
    assert_eq!(short.only().score, short.detections[0].score);
    let full = first(Range::Full, false);
    assert_eq!(full.detections.len(), 1);
    compare(&full.detections[0], &reference()["full_range"], 0.02);
}

#[test]
fn the_pose_is_that_of_a_head_before_the_camera() {
    let sight = first(Range::Short, false);
    let face = sight.only();
    let [_, _, z] = face.position_mm;
    // Some 103 of 256 pixels wide, at 63 degrees, where a face is 153 mm wide.
    let width_px = face.bounds[1][0] - face.bounds[0][0];
    let distance = 153.0 / width_px * 128.0 / (31.5f32.to_radians()).tan();
    assert!((-z / distance - 1.0).abs() < 0.25, "{z} for {distance} mm");
    assert!(
        face.angles_rad.iter().all(|it| it.abs() < 0.5),
        "{:?}",
        face.angles_rad
    );
    assert!(face.visibility.iter().all(|it| (0.0..=1.0).contains(it)));
    assert!(face.visibility[4] > 0.9, "the nose's tip is seen");
}
