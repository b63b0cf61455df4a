//! A consent that was taken back, given again behind the person's back.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let revocation = consent.revocation();
    revocation.revoke();
    let undone = revocation.shared;
    assert!(undone.is_revoked());
}
