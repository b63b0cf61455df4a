//! A donor's name as bytes.

use moretta_veil::Donor;

fn main() {
    fn leak(donor: &Donor) -> Vec<u8> {
        bytemuck::bytes_of(donor).to_vec()
    }
}
