//! A guardian's consent for one child, used for another.

use moretta_veil::{AgeBand, Consent, GuardianConsent};

fn main() {
    let guardian = GuardianConsent::given();
    let copy = GuardianConsent::clone(&guardian);
    drop([
        Consent::given(AgeBand::Under14(guardian)),
        Consent::given(AgeBand::Under14(copy)),
    ]);
}
