//! A consent of somebody whose age band nobody asked for.

use moretta_veil::Consent;

fn main() {
    let consent = Consent::given(true);
    assert!(!consent.revocation().is_revoked());
}
