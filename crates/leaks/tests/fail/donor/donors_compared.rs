//! Whether two donors are the same person.

use moretta_veil::Donor;

fn main() {
    fn leak(one: &Donor, other: &Donor) -> bool {
        one == other
    }
}
