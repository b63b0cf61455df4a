//! A donor written out for people.

use moretta_veil::Donor;

fn main() {
    fn leak(donor: &Donor) -> String {
        format!("{donor}")
    }
}
