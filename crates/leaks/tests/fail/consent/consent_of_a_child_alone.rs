//! A child's consent without a guardian's.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::Under14);
    assert!(!consent.revocation().is_revoked());
}
