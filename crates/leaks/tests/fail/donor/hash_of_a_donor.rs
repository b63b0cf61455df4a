//! A number that stands for a donor.

use moretta_veil::Donor;
use std::hash::{BuildHasher, RandomState};

fn main() {
    fn leak(donor: &Donor) -> u64 {
        RandomState::new().hash_one(donor)
    }
    let _ = leak;
}
