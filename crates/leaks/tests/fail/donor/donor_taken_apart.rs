//! What a donor's name points to.

use moretta_veil::Donor;

fn main() {
    fn leak(donor: &Donor) {
        let _ = &donor.life;
    }
}
