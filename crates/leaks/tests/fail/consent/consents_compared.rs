//! Whether two consents are one person's.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let other = Consent::given(AgeBand::From14);
    let same = consent == other;
    assert!(same);
}
