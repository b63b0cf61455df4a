//! A consent that was there before anybody was asked.

use moretta_veil::Consent;

fn main() {
    let consent = Consent::default();
    assert!(!consent.revocation().is_revoked());
}
