//! A person's age band, read back from their consent.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let age: AgeBand = consent.into();
    drop(age);
}
