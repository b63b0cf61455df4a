//! Where a run writes, and what of the scratch it goes by.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{ALL, BLENDSHAPES};
use moretta_kernels::{KernelError, Plan};

/// No result of a computation: a signalling NaN.
const UNTOUCHED: u32 = 0x7fa5_a5a5;

fn outputs(plan: &Plan) -> Vec<Vec<f32>> {
    plan.outputs().map(|it| vec![0.0; it.1]).collect()
}

fn run(plan: &Plan, scratch: &mut [f32], input: &[f32]) -> Vec<Vec<f32>> {
    let mut outputs = outputs(plan);
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    plan.run(scratch, input, &mut slices).unwrap();
    outputs
}

fn noise(plan: &Plan) -> Vec<f32> {
    let value = |i: usize| (i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32;
    (0..plan.input_len()).map(value).collect()
}

#[test]
fn where_a_run_writes_depends_on_no_value() {
    let mut before: Option<Vec<bool>> = None;
    for bytes in ALL {
        let plan = Plan::load(bytes).unwrap();
        // As much memory as any network needs and more, at one place: the start of a line depends on the address.
        let mut memory = vec![0.0; 1 << 21];
        let mut written = |input: &[f32]| -> Vec<bool> {
            memory.fill(f32::from_bits(UNTOUCHED));
            run(&plan, &mut memory, input);
            memory.iter().map(|it| it.to_bits() != UNTOUCHED).collect()
        };
        let of_noise = written(&noise(&plan));
        assert_eq!(of_noise, written(&vec![0.0; plan.input_len()]));
        assert!(
            !of_noise[plan.scratch_len()..].contains(&true),
            "beyond the scratch"
        );
        assert!(of_noise.contains(&true));
        // The control: another network writes elsewhere.
        assert_ne!(before, Some(of_noise.clone()));
        before = Some(of_noise);
    }
}

#[test]
fn what_the_scratch_held_and_where_it_lies_is_of_no_account() {
    for bytes in ALL {
        let plan = Plan::load(bytes).unwrap();
        let input = noise(&plan);
        let expected = run(&plan, &mut vec![0.0; plan.scratch_len()], &input);
        let mut memory = vec![f32::NAN; plan.scratch_len() + 3];
        assert_eq!(run(&plan, &mut memory[3..], &input), expected);
        // And what the last run left there.
        assert_eq!(run(&plan, &mut memory[3..], &input), expected);
        assert_ne!(
            run(&plan, &mut memory[3..], &vec![0.0; plan.input_len()]),
            expected
        );
    }
}

#[test]
fn other_lengths_are_refused_and_nothing_is_written() {
    let plan = Plan::load(BLENDSHAPES).unwrap();
    let (scratch, input) = (plan.scratch_len(), plan.input_len());
    let check = |scratch: usize, input: usize, lengths: &[usize]| {
        let mut outputs: Vec<Vec<f32>> = lengths.iter().map(|len| vec![-1.0; *len]).collect();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        let result = plan.run(&mut vec![0.0; scratch], &vec![0.0; input], &mut slices);
        let untouched = outputs.iter().flatten().all(|it| *it == -1.0);
        assert_eq!(result.is_err(), untouched);
        result
    };
    assert_eq!(check(scratch, input, &[52]), Ok(()));
    let found = scratch - 1;
    let expected = scratch;
    assert_eq!(
        check(found, input, &[52]),
        Err(KernelError::Scratch { expected, found })
    );
    let (expected, found) = (input, input + 1);
    assert_eq!(
        check(scratch, found, &[52]),
        Err(KernelError::Input { expected, found })
    );
    let (expected, found) = (1, 2);
    assert_eq!(
        check(scratch, input, &[52, 1]),
        Err(KernelError::OutputCount { expected, found })
    );
    let expected = KernelError::OutputLength {
        output: 0,
        expected: 52,
        found: 51,
    };
    assert_eq!(check(scratch, input, &[51]), Err(expected));
}
