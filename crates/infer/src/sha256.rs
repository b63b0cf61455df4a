use std::fmt;

use sha2::Digest;

/// A SHA-256 hash. Displayed in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The hash that `hex` writes, 64 lower-case digits: for constants, which do not compile otherwise.
    pub(crate) const fn from_hex(hex: &str) -> Self {
        let hex = hex.as_bytes();
        assert!(hex.len() == 64, "a SHA-256 hash has 64 digits");
        let mut bytes = [0; 32];
        let mut i = 0;
        while i < bytes.len() {
            bytes[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
            i += 1;
        }
        Self(bytes)
    }
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'f' => character - b'a' + 10,
        _ => panic!("not a lower-case hexadecimal digit"),
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn hashes_as_the_standard_says() {
        assert_eq!(Sha256::of(b"abc"), Sha256::from_hex(ABC));
        assert_ne!(Sha256::of(b"abd"), Sha256::from_hex(ABC));
    }

    #[test]
    fn text_form_is_the_one_it_was_read_from() {
        assert_eq!(Sha256::from_hex(ABC).to_string(), ABC);
    }

    #[test]
    #[should_panic(expected = "64 digits")]
    fn short_hash_is_refused() {
        Sha256::from_hex(&ABC[1..]);
    }

    #[test]
    #[should_panic(expected = "not a lower-case hexadecimal digit")]
    fn other_characters_are_refused() {
        Sha256::from_hex(&ABC.replace('b', "g"));
    }
}
