//! Whatever the bytes, the decoder fails cleanly or accepts the one byte form of a program.

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]

use libfuzzer_sys::fuzz_target;
use moretta_lang::{DecodeError, Program};

fuzz_target!(|body: &[u8]| {
    // With the header in front, or the fuzzer would spend its time on guessing it.
    let mut bytes = b"MrtP\x01\x00".to_vec();
    bytes.extend(body);
    match Program::decode(&bytes) {
        Ok(program) => {
            let again = program.encode();
            assert_eq!(again, bytes, "two byte forms of one program");
            assert_eq!(Program::decode(&again).as_ref(), Ok(&program));
            // The listing must cope with any program.
            assert!(!format!("{program:?}").is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }

    // And without it.
    if let Err(error) = Program::decode(body) {
        let headless = matches!(
            error,
            DecodeError::Magic { .. } | DecodeError::Version { .. } | DecodeError::Truncated { .. }
        );
        assert!(headless || body.starts_with(b"MrtP\x01"));
    }
});
