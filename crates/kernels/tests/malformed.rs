//! Files that are cut short, changed or say what this engine does not compute: errors, and no panic.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{ALL, BLENDSHAPES, FULL_RANGE, LANDMARKS, SHORT_RANGE};
use moretta_kernels::{KernelError, Plan};
use proptest::prelude::*;

/// Loads, and runs what loads: a changed network must not read or write beyond its memory either.
fn try_out(bytes: &[u8]) -> Result<(), KernelError> {
    let plan = Plan::load(bytes)?;
    // More than 64 MiB is a size that a caller would refuse.
    if plan.scratch_len() < 1 << 24 {
        let mut outputs: Vec<Vec<f32>> = plan.outputs().map(|it| vec![0.0; it.1]).collect();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        let input = vec![0.5; plan.input_len()];
        plan.run(&mut vec![0.0; plan.scratch_len()], &input, &mut slices)?;
    }
    Ok(())
}

/// `bytes` with the first `from` made `to`, which is as long.
fn changed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let at = bytes.windows(from.len()).position(|it| it == from);
    let at = at.unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

fn refused(bytes: &[u8]) -> KernelError {
    try_out(bytes).unwrap_err()
}

#[test]
fn the_files_themselves_load() {
    for bytes in ALL {
        assert_eq!(try_out(bytes), Ok(()));
    }
}

#[test]
fn a_file_cut_short_is_refused() {
    let whole = SHORT_RANGE;
    for len in (0..whole.len())
        .step_by(997)
        .chain(whole.len() - 300..whole.len())
    {
        assert!(Plan::load(&whole[..len]).is_err(), "{len}");
    }
}

#[test]
fn unknown_operators_are_refused_by_name() {
    for (bytes, from, to) in [
        (SHORT_RANGE, "\x04Relu", "\x04Rely"),
        (FULL_RANGE, "\x06Resize", "\x06Upsize"),
        (LANDMARKS, "\x05PRelu", "\x05QRelu"),
        (BLENDSHAPES, "\x04Sqrt", "\x04Cbrt"),
    ] {
        match refused(&changed(bytes, from.as_bytes(), to.as_bytes())) {
            KernelError::Unsupported { place, found, .. } => {
                assert_eq!(found, to[1..]);
                assert!(place.starts_with(&to[1..]), "{place}");
            }
            other => panic!("{to}: {other}"),
        }
    }
}

#[test]
fn unknown_attributes_and_values_are_refused() {
    for (bytes, from, to) in [
        (SHORT_RANGE, "dilations", "dilutions"),
        (SHORT_RANGE, "strides", "strikes"),
        (SHORT_RANGE, "kernel_shape", "kernel_shade"),
        (FULL_RANGE, "half_pixel", "half_pixie"),
        (FULL_RANGE, "linear", "cubist"),
        (FULL_RANGE, "\x08constant", "\x08reflects"),
        (BLENDSHAPES, "keepdims", "keepdimz"),
        (BLENDSHAPES, "perm", "peri"),
    ] {
        let error = refused(&changed(bytes, from.as_bytes(), to.as_bytes()));
        assert!(
            matches!(error, KernelError::Unsupported { .. }),
            "{from}: {error}"
        );
    }
}

#[test]
fn a_tensor_that_nothing_gives_is_refused() {
    // The first operator that takes a tensor which another gives, in the order of the file: its input comes first.
    let error = refused(&changed(SHORT_RANGE, b"\x0a\x02t3", b"\x0a\x02s3"));
    assert!(matches!(error, KernelError::Undefined { .. }), "{error}");
}

#[test]
fn another_operator_set_is_refused() {
    let whole = SHORT_RANGE;
    // Field 8 of the model: a message of the version, 15.
    let version = [0x10, 15];
    let at = whole.windows(2).rposition(|it| it == version).unwrap();
    let mut other = whole.to_vec();
    other[at + 1] = 14;
    let error = refused(&other);
    assert!(error.to_string().contains("operator set"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_bytes_do_no_harm(
        network in prop::sample::select(vec![SHORT_RANGE, BLENDSHAPES]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = network.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        drop(try_out(&bytes));
    }

    /// Most of a file are weights. Here what is changed are the operators.
    #[test]
    fn changed_operators_do_no_harm(
        network in prop::sample::select(vec![SHORT_RANGE, BLENDSHAPES]),
        operator in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0_usize..160, any::<u8>()), 1..4),
    ) {
        let mut bytes = network.to_vec();
        let names: [&[u8]; 6] = [b"\x04Conv", b"\x04Relu", b"\x06MatMul", b"\x07Reshape", b"\x03Pad", b"\x03Add"];
        let ends = |at: &usize| names.iter().any(|it| bytes[*at..].starts_with(it));
        let operators: Vec<usize> = (0..bytes.len()).filter(ends).collect();
        let start = operators[operator.index(operators.len())].saturating_sub(40);
        for (offset, byte) in changes {
            if let Some(at) = bytes.get_mut(start + offset) {
                *at = byte;
            }
        }
        drop(try_out(&bytes));
    }
}
