//! A number that stands for a donor.

use moretta_veil::Donor;
use std::hash::Hash;

fn main() {
    fn number(_: &impl Hash) {}
    fn leak(donor: &Donor) {
        number(donor);
    }
}
