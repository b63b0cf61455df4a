//! A consent for one session, used for another.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let copy = Consent::clone(&consent);
    assert!(!copy.revocation().is_revoked());
}
