//! A donor that nobody gave.

use moretta_veil::Donor;

fn main() {
    fn forge() -> Donor {
        Default::default()
    }
    let _ = forge;
}
