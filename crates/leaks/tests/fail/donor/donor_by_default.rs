//! A donor that nobody gave.

use moretta_veil::Donor;

fn main() {
    let donor: Donor = Default::default();
    drop(donor);
}
