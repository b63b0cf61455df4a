//! What the networks give, by every path, against what the original files give in TensorFlow Lite:
//! `models/expected.csv`, whose inputs are drawn with whole numbers.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use common::{BLENDSHAPES, FULL_RANGE, LANDMARKS, SHORT_RANGE};
use moretta_kernels::{Path, Plan};

/// Of the largest magnitude of an output: both sides compute in `f32`, in different orders.
const TOLERANCE: f32 = 1e-5;

const EXPECTED: &str = include_str!("../../../models/expected.csv");

/// Each file with its name, and what inputs that are drawn as 0 and as 255 are to it.
const NETWORKS: [(&str, &[u8], [f32; 2]); 4] = [
    ("face_detection_short_range", SHORT_RANGE, [-1.0, 1.0]),
    ("face_detection_full_range", FULL_RANGE, [-1.0, 1.0]),
    ("face_landmarks_detector", LANDMARKS, [0.0, 1.0]),
    ("face_blendshapes", BLENDSHAPES, [0.0, 510.0]),
];

fn noise(index: usize) -> u8 {
    let mut value = (index as u32).wrapping_mul(2_654_435_761);
    value = (value ^ (value >> 15)).wrapping_mul(2_246_822_519);
    ((value ^ (value >> 13)) >> 24) as u8
}

fn computed(plan: &Plan, draw: impl Fn(usize) -> u8, [least, greatest]: [f32; 2]) -> Vec<Vec<f32>> {
    let value = |index| f32::from(draw(index)) / 255.0 * (greatest - least) + least;
    let input: Vec<f32> = (0..plan.input_len()).map(value).collect();
    let mut outputs: Vec<Vec<f32>> = plan.outputs().map(|it| vec![f32::NAN; it.1]).collect();
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut scratch = vec![f32::NAN; plan.scratch_len()];
    plan.run(&mut scratch, &input, &mut slices).unwrap();
    outputs
}

/// The largest difference from what is expected of the network `name` and `drawing`, in parts of an output's scale.
fn difference(name: &str, drawing: &str, found: &[Vec<f32>]) -> f32 {
    let (mut scale, mut largest, mut compared) = (f32::NAN, 0.0_f32, vec![false; found.len()]);
    for row in EXPECTED.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        if cells[..2] != [name, drawing] {
            continue;
        }
        let (output, value): (usize, f32) = (cells[2].parse().unwrap(), cells[4].parse().unwrap());
        // The scale of an output stands before its values.
        if cells[3] == "max" {
            scale = value.max(1.0);
            continue;
        }
        let index: usize = cells[3].parse().unwrap();
        let part = (found[output][index] - value).abs() / scale;
        assert!(part.is_finite());
        largest = largest.max(part);
        compared[output] = true;
    }
    assert!(compared.iter().all(|it| *it), "every output has expected values");
    largest
}

#[test]
fn networks_agree_with_the_originals() {
    for (name, bytes, range) in NETWORKS {
        for path in Path::ALL.into_iter().filter(|path| path.is_available()) {
            let plan = Plan::load_by(bytes, path).unwrap();
            let found = computed(&plan, noise, range);
            let part = difference(name, "noise", &found);
            println!("{name} {path}: {part:.1e} of the scale");
            assert!(part <= TOLERANCE, "{name} {path}: {part}");
            // The control: another drawing's outputs are not taken for these.
            let other = computed(&plan, |index| 255 - noise(index), range);
            assert!(
                difference(name, "noise", &other) > 100.0 * TOLERANCE,
                "{name} {path}"
            );
        }
    }
}
