//! A consent written down for the next start.

use moretta_veil::{AgeBand, Consent};

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    let consent = Consent::given(AgeBand::From14);
    wire(&consent);
}
