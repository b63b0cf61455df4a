//! A stated age, kept beside the consent it was stated for.

use moretta_veil::AgeBand;

fn main() {
    let age = AgeBand::From14;
    let kept = AgeBand::clone(&age);
    let _ = kept;
}
