//! A consent in rkyv's archive.

use moretta_veil::{AgeBand, Consent};

fn main() {
    fn archive(_: &impl rkyv::Archive) {}
    let consent = Consent::given(AgeBand::From14);
    archive(&consent);
}
