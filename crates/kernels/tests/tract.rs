//! What the networks give, against what tract gives: outputs and every tensor between, on noise, drawings and faces.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

#[path = "../../infer/tests/common/mod.rs"]
mod infer;

use infer::{input, plan, second_drawing};
use moretta_infer::{Engine, ModelKind, VerifiedModel};
use moretta_kernels::{Path, Plan, tensors};

/// Of the largest magnitude of a tensor, or of 1: both sides compute in `f32`, in different orders. The landmark
/// network's logit of a presence is a sum of large terms that may cancel: 2.5e-5 on one of the crops. All else is below
/// 1e-5.
const TOLERANCE: f32 = 1e-4;

const PORTRAIT: &[u8] = include_bytes!("../../track/tests/data/astronaut.png");

/// Squares of the portrait, left, top and side: the face, half of it, and all.
const CROPS: [[u32; 3]; 3] = [[40, 30, 160], [100, 60, 120], [0, 0, 256]];

fn bytes(kind: ModelKind) -> &'static [u8] {
    VerifiedModel::embedded(kind).unwrap().bytes()
}

/// A noise, a drawing, and crops of a portrait for networks that take pictures.
fn inputs(kind: ModelKind) -> Vec<(String, Vec<f32>)> {
    let mut inputs: Vec<_> = ["noise", second_drawing(kind)]
        .map(|name| (name.to_owned(), input(kind, name)))
        .into();
    if let Some(range) = kind.input_range() {
        let picture = image::load_from_memory(PORTRAIT).unwrap().to_rgb8();
        let size = kind.input().shape()[3] as u32;
        for [left, top, side] in CROPS {
            let value = |index: u32| {
                let (channel, y, x) = (index / (size * size), index / size % size, index % size);
                let pixel = picture.get_pixel(left + x * side / size, top + y * side / size);
                f32::from(pixel.0[channel as usize]) / 255.0 * (range[1] - range[0]) + range[0]
            };
            let crop = (0..3 * size * size).map(value).collect();
            inputs.push((format!("portrait at {left}, {top}"), crop));
        }
    }
    inputs
}

fn run(plan: &Plan, input: &[f32]) -> Vec<Vec<f32>> {
    let mut outputs: Vec<Vec<f32>> = plan.outputs().map(|(_, len)| vec![0.0; len]).collect();
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut scratch = vec![f32::NAN; plan.scratch_len()];
    plan.run(&mut scratch, input, &mut slices).unwrap();
    outputs
}

/// The largest magnitude of `tensor`, or 1.
fn scale(tensor: &[f32]) -> f32 {
    tensor.iter().fold(1.0, |scale, it| scale.max(it.abs()))
}

/// The largest, in parts of the scale of `expected`.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let scale = scale(expected);
    found
        .iter()
        .zip(expected)
        .fold(0.0_f32, |largest, (found, expected)| {
            assert!(found.is_finite());
            largest.max((found - expected).abs() / scale)
        })
}

fn check(kind: ModelKind) {
    let mut network = plan(kind, Engine::Tract).network().unwrap();
    let paths = Path::ALL.into_iter().filter(|path| path.is_available());
    let plans: Vec<Plan> = paths
        .map(|path| Plan::load_by(bytes(kind), path).unwrap())
        .collect();
    let mut last: Option<Vec<Vec<f32>>> = None;
    for (name, input) in inputs(kind) {
        let expected = infer::outputs(&mut network, &input);
        for plan in &plans {
            let found = run(plan, &input);
            for (found, expected) in found.iter().zip(&expected) {
                let difference = difference(found, expected);
                println!("{kind} {name} {}: {difference:.1e}", plan.path());
                assert!(difference <= TOLERANCE, "{kind} {name} {}", plan.path());
            }
        }
        // The control: another input's outputs are not taken for these.
        if let Some(last) = last {
            assert!(
                difference(&last[0], &expected[0]) > 10.0 * TOLERANCE,
                "{kind} {name}"
            );
        }
        last = Some(expected);
    }
}

/// Of the tensors that the file's operators give, at least `least` are among those that tract computes.
fn check_layers(kind: ModelKind, least: usize) {
    let (_, input) = inputs(kind).pop().unwrap();
    let mut network = plan(kind, Engine::Tract).network().unwrap();
    let mut theirs: Vec<Vec<f32>> = Vec::new();
    let mut outputs: Vec<Vec<f32>> = kind
        .outputs()
        .iter()
        .map(|spec| vec![0.0; spec.values()])
        .collect();
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut look = |_: &[usize], values: &[f32]| theirs.push(values.to_vec());
    network
        .run_observed(&mut [], &input, &mut slices, &mut look)
        .unwrap();
    let occurs = |tensor: &[f32]| {
        let bound = TOLERANCE * scale(tensor);
        let alike = |it: &[f32]| it.iter().zip(tensor).all(|(a, b)| (a - b).abs() <= bound);
        theirs.iter().any(|it| it.len() == tensor.len() && alike(it))
    };

    // Views that are never in memory in one piece are refused: paddings by channels, matrices across, ends put together.
    let names = tensors(bytes(kind)).unwrap();
    let load = |names: &[&str]| Plan::load_part(bytes(kind), names, Path::best());
    let (whole, views): (Vec<&str>, Vec<&str>) = names
        .iter()
        .map(String::as_str)
        .partition(|name| load(&[name]).is_ok());
    let (mut found, mut missed) = (0, Vec::new());
    // Some at a time: what is an output is no longer part of another step.
    for first in 0..4 {
        let part: Vec<&str> = whole.iter().skip(first).step_by(4).copied().collect();
        for (name, tensor) in part.iter().zip(run(&load(&part).unwrap(), &input)) {
            if occurs(&tensor) {
                found += 1;
            } else {
                missed.push(*name);
            }
            let step = 0.01 * scale(&tensor);
            let shifted: Vec<f32> = tensor.iter().map(|value| value + step).collect();
            assert!(!occurs(&shifted), "the control: {name}");
        }
    }
    println!(
        "{kind}: {found} of {} tensors, {} views, not {missed:?}",
        names.len(),
        views.len()
    );
    // tract computes some operators within others, too.
    assert!(found >= least, "{kind}: {found}, not {missed:?}");
}

#[test]
fn short_range_agrees_with_tract() {
    check(ModelKind::ShortRange);
}

#[test]
fn full_range_agrees_with_tract() {
    check(ModelKind::FullRange);
}

#[test]
fn landmarks_agree_with_tract() {
    check(ModelKind::Landmarks);
}

#[test]
fn blendshapes_agree_with_tract() {
    check(ModelKind::Blendshapes);
}

#[test]
fn layers_agree_with_tract() {
    check_layers(ModelKind::ShortRange, 50);
    check_layers(ModelKind::FullRange, 110);
    check_layers(ModelKind::Landmarks, 210);
    check_layers(ModelKind::Blendshapes, 10);
}
