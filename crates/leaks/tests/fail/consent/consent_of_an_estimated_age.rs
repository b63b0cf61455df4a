//! A consent by an age that somebody measured.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let age: AgeBand = 13.5_f32.into();
    assert!(!Consent::given(age).revocation().is_revoked());
}
