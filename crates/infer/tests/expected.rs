//! What the networks compute, against what the original files compute in TensorFlow Lite: `models/expected.csv`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;
use std::str::FromStr;

use common::{input, outputs, plan, second_drawing};
use moretta_infer::{Engine, ModelKind};

/// Of the largest magnitude of an output: both sides compute in `f32`, in different orders. The converted networks
/// differ by up to 5e-6 in ONNX Runtime.
const TOLERANCE: f32 = 1e-5;

const EXPECTED: &str = include_str!("../../../models/expected.csv");

/// Largest magnitude, and some values with their index, of each output.
#[derive(Default)]
struct Expected {
    scale: f32,
    values: Vec<(usize, f32)>,
}

fn expected(kind: ModelKind, drawing: &str) -> BTreeMap<usize, Expected> {
    let mut outputs: BTreeMap<usize, Expected> = BTreeMap::new();
    for row in EXPECTED.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [network, drawn, output, index, value] = cells[..] else {
            panic!("a row of five cells expected: {row}");
        };
        if (network, drawn) != (kind.name(), drawing) {
            continue;
        }
        let expected = outputs.entry(output.parse().unwrap()).or_default();
        let value = f32::from_str(value).unwrap();
        match index {
            "max" => expected.scale = value,
            _ => expected.values.push((index.parse().unwrap(), value)),
        }
    }
    outputs
}

/// The largest difference of all outputs, each in parts of its scale.
fn difference(found: &[Vec<f32>], expected: &BTreeMap<usize, Expected>) -> f32 {
    assert_eq!(found.len(), expected.len(), "every output has expected values");
    let mut largest = 0.0_f32;
    for (output, expected) in expected {
        assert!(!expected.values.is_empty() && expected.scale > 0.0);
        for &(index, value) in &expected.values {
            let part = (found[*output][index] - value).abs() / expected.scale.max(1.0);
            assert!(part.is_finite());
            largest = largest.max(part);
        }
    }
    largest
}

fn check(kind: ModelKind) {
    Engine::ALL.iter().for_each(|engine| check_in(kind, *engine));
}

fn check_in(kind: ModelKind, engine: Engine) {
    let mut network = plan(kind, engine).network().unwrap();
    let drawings = ["noise", second_drawing(kind)];
    let found = drawings.map(|name| outputs(&mut network, &input(kind, name)));
    let expected = drawings.map(|name| expected(kind, name));
    for ((name, found), expected) in drawings.iter().zip(&found).zip(&expected) {
        let difference = difference(found, expected);
        println!("{kind} {name} {engine}: {difference:.1e} of the scale");
        assert!(difference <= TOLERANCE, "{kind} {name} {engine}: {difference}");
    }
    // The control: another drawing's outputs are not taken for these.
    assert!(difference(&found[0], &expected[1]) > 100.0 * TOLERANCE);
}

#[test]
fn short_range_agrees_with_the_original() {
    check(ModelKind::ShortRange);
}

#[test]
fn full_range_agrees_with_the_original() {
    check(ModelKind::FullRange);
}

#[test]
fn landmarks_agree_with_the_original() {
    check(ModelKind::Landmarks);
}

#[test]
fn blendshapes_agree_with_the_original() {
    check(ModelKind::Blendshapes);
}

/// The networks respond to a face, though it be a cartoon, and to noise they do not.
#[test]
fn a_drawn_face_is_a_face_and_noise_is_none() {
    for engine in Engine::ALL {
        let mut landmarks = plan(ModelKind::Landmarks, *engine).network().unwrap();
        let mut presence = |name| outputs(&mut landmarks, &input(ModelKind::Landmarks, name))[1][0];
        assert!(presence("face") > 5.0);
        assert!(presence("noise") < -5.0);
    }
}
