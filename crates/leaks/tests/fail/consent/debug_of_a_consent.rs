//! A person's consent as text.

use moretta_veil::{AgeBand, Consent};

fn main() {
    let consent = Consent::given(AgeBand::From14);
    let text = format!("{consent:?}");
    assert_eq!(text, "false");
}
