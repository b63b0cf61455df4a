//! Whatever is done to a model's bytes, only the very file is taken for it, and what is refused is named truthfully.

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use moretta_infer::{InferError, ModelKind, Sha256, VerifiedModel};

/// What somebody might hand over in a model's place.
#[derive(Arbitrary, Debug)]
struct Tampering<'a> {
    /// The model that is asked for.
    wanted: u8,
    /// The model whose bytes are taken, or none.
    taken: Option<u8>,
    /// So much of it is left.
    left: Option<u32>,
    /// Where bytes are changed, and to what.
    changes: Vec<(u32, u8)>,
    /// What goes before and behind.
    before: &'a [u8],
    behind: &'a [u8],
}

fn kind(byte: u8) -> ModelKind {
    ModelKind::ALL[usize::from(byte) % ModelKind::ALL.len()]
}

fn original(kind: ModelKind) -> &'static [u8] {
    VerifiedModel::embedded(kind)
        .expect("the library's own models are whole")
        .bytes()
}

fuzz_target!(|tampering: Tampering<'_>| {
    let mut bytes = tampering.taken.map_or(&[][..], |byte| original(kind(byte))).to_vec();
    if let Some(left) = tampering.left {
        bytes.truncate(left as usize % (bytes.len() + 1));
    }
    if !bytes.is_empty() {
        let len = bytes.len();
        for (at, byte) in tampering.changes {
            bytes[at as usize % len] = byte;
        }
    }
    bytes.splice(0..0, tampering.before.iter().copied());
    bytes.extend(tampering.behind);

    let wanted = kind(tampering.wanted);
    match VerifiedModel::from_bytes(wanted, &bytes) {
        Ok(model) => {
            assert_eq!(model.kind(), wanted);
            assert!(bytes == original(wanted), "other bytes were taken for {wanted}");
        }
        Err(error) => {
            assert!(bytes != original(wanted), "{wanted} was refused");
            let text = error.to_string();
            let InferError::Bytes {
                kind,
                expected,
                expected_bytes,
                found,
                found_bytes,
                found_kind,
            } = error
            else {
                panic!("refused for another reason: {text}");
            };
            assert_eq!((kind, expected), (wanted, wanted.sha256()));
            assert_eq!((expected_bytes, found_bytes), (wanted.bytes(), bytes.len()));
            assert_eq!(found, Sha256::of(&bytes));
            let same = ModelKind::ALL.into_iter().find(|kind| bytes == original(*kind));
            assert_eq!(found_kind, same);
            assert_eq!(text.contains("which is"), same.is_some());
        }
    }
});
