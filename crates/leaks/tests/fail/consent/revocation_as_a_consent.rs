//! A consent out of the handle that takes it back.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let revocation = consent.revocation();
    let again: Consent = revocation.into();
    drop(again);
}
