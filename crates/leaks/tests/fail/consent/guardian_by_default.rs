//! A guardian's consent that was there before anybody was asked.

use moretta_veil::{AgeBand, Consent, GuardianConsent};

fn main() {
    let guardian: GuardianConsent = Default::default();
    drop(Consent::given(AgeBand::Under14(guardian)));
}
