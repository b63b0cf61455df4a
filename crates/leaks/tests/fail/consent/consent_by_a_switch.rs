//! A consent made of a stored setting.

use moretta_veil::Consent;

fn main() {
    let stored = true;
    let consent: Consent = stored.into();
    assert!(!consent.revocation().is_revoked());
}
