//! A second name for a donor, which keeps it when the first is taken back.

use moretta_veil::Donor;

fn main() {
    fn leak(donor: &Donor) -> Donor {
        donor.clone()
    }
}
