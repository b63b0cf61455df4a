//! A consent read back at the next start.

use moretta_veil::Consent;

fn main() {
    let stored = [1];
    let consent: Result<Consent, _> = postcard::from_bytes(&stored);
    assert!(consent.is_ok());
}
