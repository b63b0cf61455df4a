//! A donor on its way to a file.

use moretta_veil::Donor;

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(donor: &Donor) {
        wire(donor);
    }
}
