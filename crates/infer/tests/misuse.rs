//! Wrong bytes, wrong lengths, numbers that are none.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{empty_outputs, input, outputs, plan, scratch};
use moretta_infer::{Engine, InferError, ModelKind, Network, Sha256, VerifiedModel};

fn bytes(kind: ModelKind) -> &'static [u8] {
    VerifiedModel::embedded(kind).unwrap().bytes()
}

#[test]
fn right_bytes_are_verified() {
    for kind in ModelKind::ALL {
        let model = VerifiedModel::from_bytes(kind, bytes(kind)).unwrap();
        assert_eq!((model.kind(), model.bytes().len()), (kind, kind.bytes()));
    }
}

#[test]
fn one_flipped_bit_is_refused() {
    let kind = ModelKind::ShortRange;
    for place in [0, kind.bytes() / 2, kind.bytes() - 1] {
        let mut changed = bytes(kind).to_vec();
        changed[place] ^= 1;
        let error = VerifiedModel::from_bytes(kind, &changed).unwrap_err();
        let InferError::Bytes {
            expected,
            found,
            found_kind,
            expected_bytes,
            found_bytes,
            ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((expected, found), (kind.sha256(), Sha256::of(&changed)));
        assert_eq!((found_kind, expected_bytes), (None, found_bytes));
    }
}

#[test]
fn truncated_and_empty_bytes_are_refused() {
    let kind = ModelKind::Blendshapes;
    for length in [0, 1, kind.bytes() - 1] {
        let error = VerifiedModel::from_bytes(kind, &bytes(kind)[..length]).unwrap_err();
        assert!(
            matches!(error, InferError::Bytes { found_bytes, found_kind: None, .. } if found_bytes == length)
        );
    }
    let longer = [bytes(kind), &[0]].concat();
    assert!(VerifiedModel::from_bytes(kind, &longer).is_err());
}

#[test]
fn swapped_models_are_named() {
    for kind in ModelKind::ALL {
        for other in ModelKind::ALL.into_iter().filter(|other| *other != kind) {
            let error = VerifiedModel::from_bytes(kind, bytes(other)).unwrap_err();
            assert!(matches!(error, InferError::Bytes { found_kind: Some(found), .. } if found == other));
            assert!(
                error.to_string().ends_with(&format!(", which is {other}")),
                "{error}"
            );
        }
    }
}

#[test]
fn wrong_lengths_are_refused_and_leave_the_outputs_alone() {
    Engine::ALL
        .iter()
        .for_each(|engine| refuses_wrong_lengths(*engine));
}

fn refuses_wrong_lengths(engine: Engine) {
    let kind = ModelKind::Landmarks;
    let mut network = plan(kind, engine).network().unwrap();
    let mut scratch = scratch(&network);
    let picture = input(kind, "face");
    let mut memory = empty_outputs(kind);
    let [points, presence, score] = memory.get_disjoint_mut([0, 1, 2]).unwrap();

    let error = network
        .run(&mut scratch, &picture[1..], &mut [points, presence, score])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "face_landmarks_detector: expected an input of 196608 values, found 196607"
    );
    let error = network
        .run(&mut scratch, &picture, &mut [points, presence])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "face_landmarks_detector: expected 3 outputs, found 2"
    );
    let error = network
        .run(&mut scratch, &picture, &mut [points, presence, score, &mut []])
        .unwrap_err();
    assert!(matches!(
        error,
        InferError::OutputCount {
            expected: 3,
            found: 4,
            ..
        }
    ));
    let error = network
        .run(&mut scratch, &picture, &mut [presence, points, score])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "face_landmarks_detector: expected 1434 values for output 0, found 1"
    );
    let needed = network.scratch_len();
    if needed > 0 {
        let error = network
            .run(&mut scratch[1..], &picture, &mut [points, presence, score])
            .unwrap_err();
        let found = needed - 1;
        let text =
            format!("face_landmarks_detector: expected {needed} values of scratch or more, found {found}");
        assert_eq!(error.to_string(), text);
    }
    assert!(memory.iter().flatten().all(|&value| value == f32::MAX));

    let [points, presence, score] = memory.get_disjoint_mut([0, 1, 2]).unwrap();
    network
        .run(&mut scratch, &picture, &mut [points, presence, score])
        .unwrap();
    assert!(memory.iter().flatten().all(|&value| value != f32::MAX));
}

#[test]
fn what_is_not_a_number_neither_panics_nor_stays() {
    let all = ModelKind::ALL.into_iter();
    for (kind, engine) in all.flat_map(|kind| Engine::ALL.iter().map(move |engine| (kind, *engine))) {
        let mut network = plan(kind, engine).network().unwrap();
        let noise = input(kind, "noise");
        let before = outputs(&mut network, &noise);
        for value in [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN_POSITIVE / 2.0,
        ] {
            outputs(&mut network, &vec![value; kind.input_len()]);
        }
        assert_eq!(outputs(&mut network, &noise), before, "{kind} {engine}");
    }
}
