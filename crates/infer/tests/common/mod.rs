//! Inputs that are drawn with whole numbers, as `models/recipe/expected.py` draws them, and a way to run a network.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use moretta_infer::{Engine, ModelKind, Network, Plan, VerifiedModel};

/// The input of `kind` that shows the drawing `name`.
pub(crate) fn input(kind: ModelKind, name: &str) -> Vec<f32> {
    let [least, greatest] = kind.input_range().unwrap_or([0.0, 510.0]);
    drawing(kind.input().shape(), name)
        .into_iter()
        .map(|byte| f32::from(byte) / 255.0 * (greatest - least) + least)
        .collect()
}

/// The drawing, other than noise, that `kind` is tested with.
pub(crate) fn second_drawing(kind: ModelKind) -> &'static str {
    if kind == ModelKind::Blendshapes {
        "ramp"
    } else {
        "face"
    }
}

fn drawing(shape: &[usize], name: &str) -> Vec<u8> {
    let count: usize = shape.iter().product();
    match name {
        "noise" => (0..count).map(noise).collect(),
        "ramp" => (0..count).map(|index| (index * 7 % 256) as u8).collect(),
        "face" => {
            let size = shape[3];
            (0..count)
                .map(|index| face(index / (size * size), index / size % size, index % size, size))
                .collect()
        }
        _ => panic!("no drawing is called {name}"),
    }
}

fn noise(index: usize) -> u8 {
    let mut value = (index as u32).wrapping_mul(2_654_435_761);
    value = (value ^ (value >> 15)).wrapping_mul(2_246_822_519);
    ((value ^ (value >> 13)) >> 24) as u8
}

fn face(channel: usize, row: usize, column: usize, size: usize) -> u8 {
    let (x, y) = (
        (column * 256 / size) as i32 - 128,
        (row * 256 / size) as i32 - 128,
    );
    let eye = ((x - 38).pow(2) + (y + 24).pow(2)).min((x + 38).pow(2) + (y + 24).pow(2));
    let colour = if eye <= 36 {
        [20, 20, 30]
    } else if eye <= 120 || (eye <= 250 && (y + 24).abs() <= 7) {
        [240, 240, 240]
    } else if (x.abs() - 38).abs() <= 20 && (y + 48).abs() <= 4 {
        [70, 45, 30]
    } else if x * x + 4 * (y - 52).pow(2) <= 900 {
        [170, 60, 70]
    } else if x.abs() <= 8 && (-10..=24).contains(&y) {
        [200, 150, 125]
    } else if 3 * x * x + 2 * y * y <= 22000 {
        [225, 175, 150]
    } else {
        [90, 110, 130]
    };
    colour[channel]
}

/// The bundled network `kind`, loaded into `engine`.
pub(crate) fn plan(kind: ModelKind, engine: Engine) -> Plan {
    Plan::load(&VerifiedModel::embedded(kind).unwrap(), engine).unwrap()
}

/// The scratch that `network` needs, filled with what no run may go by.
pub(crate) fn scratch(network: &dyn Network) -> Vec<f32> {
    vec![f32::NAN; network.scratch_len()]
}

/// What `network` says to `input`.
pub(crate) fn outputs(network: &mut dyn Network, input: &[f32]) -> Vec<Vec<f32>> {
    let mut outputs = empty_outputs(network.kind());
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut scratch = scratch(network);
    network.run(&mut scratch, input, &mut slices).unwrap();
    outputs
}

/// Memory for the outputs of `kind`, filled with a number that no network gives.
pub(crate) fn empty_outputs(kind: ModelKind) -> Vec<Vec<f32>> {
    kind.outputs()
        .iter()
        .map(|spec| vec![f32::MAX; spec.values()])
        .collect()
}
