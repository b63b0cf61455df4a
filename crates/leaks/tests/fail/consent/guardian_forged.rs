//! A guardian's consent of one's own making.

use moretta_veil::{AgeBand, Consent, GuardianConsent};

fn main() {
    let guardian = GuardianConsent(());
    drop(Consent::given(AgeBand::Under14(guardian)));
}
