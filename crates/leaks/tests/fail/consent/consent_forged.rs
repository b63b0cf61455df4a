//! A consent of one's own making.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let forged = Consent { ..consent };
    assert!(!forged.revocation().is_revoked());
}
