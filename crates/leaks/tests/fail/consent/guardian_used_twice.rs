//! The same without even a copy.

use moretta_veil::{AgeBand, Consent, GuardianConsent};

fn main() {
    let guardian = GuardianConsent::given();
    let first = Consent::given(AgeBand::Under14(guardian));
    let second = Consent::given(AgeBand::Under14(guardian));
    drop((first, second));
}
